package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.app.Operator.Unmonitored;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.config.Settings;
import avatarmonitor.inspect.Ages;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code unmonitor ID…}: ends watches. */
@Command(
        name = "unmonitor",
        description = {
            "Stop watching avatars, for now.",
            "",
            "Removes the trigger of each avatar; the avatar itself is not touched. While it stays in TRAINING the next reconcile"
                    + " takes it up again, because a training must never be forgotten. To stop for good, give the avatar"
                    + " another status. The exit code is 1 when one of the avatars was not watched.",
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor unmonitor 0198a1b2-0000-7000-8000-000000000001",
            "For good, in SQL:",
            "  UPDATE avatars SET status = 'CANCELLED' WHERE id = '0198a1b2-0000-7000-8000-000000000001'"
        })
final class UnmonitorCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Avatars, by the id of their row in avatars.")
    private List<AvatarId> ids = List.of();

    UnmonitorCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Settings settings = invocation.settings();
        boolean unwatched = false;
        boolean training = false;
        try (Monitor monitor = Monitor.openExisting(settings, invocation.clock())) {
            for (AvatarId id : new LinkedHashSet<>(ids)) {
                Unmonitored answer = monitor.operator().unmonitor(id);
                if (answer.watched()) {
                    training |= answer.training();
                    invocation
                            .terminal()
                            .out()
                            .println(id + ": no longer watched" + (answer.training() ? ", still in TRAINING" : ""));
                } else {
                    unwatched = true;
                    invocation.terminal().err().println(id + ": was not watched");
                }
            }
        }
        if (training) {
            invocation
                    .terminal()
                    .err()
                    .println("The next reconcile (every "
                            + Ages.length(settings.reconcile().interval())
                            + ", and at each start of a worker) takes up again what is still in TRAINING."
                            + " To stop for good, give the avatar another status.");
        }
        return unwatched ? ExitCode.FAILED : ExitCode.DONE;
    }
}
