package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.app.Operator.Monitored;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.inspect.Ages;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code monitor ID…}: puts avatars under watch without waiting for the next reconcile. */
@Command(
        name = "monitor",
        description = {
            "Put avatars under watch now.",
            "",
            "Gives each avatar its trigger; the workers do the checks. Nobody has to call this: the next reconcile finds every"
                    + " training by itself. An avatar that is not in TRAINING, lacks what asking fal needs, or started longer"
                    + " ago than monitor.max-age is refused, and the exit code is 1 then.",
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor monitor 0198a1b2-0000-7000-8000-000000000001",
            "  avatar-monitor list --unwatched --json | jq -r '.[].avatar_id' | xargs avatar-monitor monitor"
        })
final class MonitorCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Avatars, by the id of their row in avatars.")
    private List<AvatarId> ids = List.of();

    MonitorCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        boolean refused = false;
        try (Monitor monitor = Monitor.openExisting(invocation.settings(), invocation.clock())) {
            for (AvatarId id : new LinkedHashSet<>(ids)) {
                Monitored answer = monitor.operator().monitor(id);
                if (answer instanceof Monitored.Refused no) {
                    invocation.terminal().err().println(id + ": refused, " + Cells.safe(no.reason()));
                    refused = true;
                } else {
                    invocation.terminal().out().println(id + ": " + words(answer));
                }
            }
            if (Workers.alive(monitor.database()) == 0) {
                invocation
                        .terminal()
                        .err()
                        .println(
                                "No worker is alive, so nothing is checked until one is started: avatar-monitor worker");
            }
        }
        return refused ? ExitCode.FAILED : ExitCode.DONE;
    }

    private String words(Monitored answer) {
        if (answer instanceof Monitored.Watched watched) {
            return "under watch, first check " + time(watched.firstCheck());
        }
        if (answer instanceof Monitored.AlreadyWatched already) {
            return "already watched, next check " + time(already.nextCheck());
        }
        throw new IllegalStateException("no words for " + answer);
    }

    private String time(@Nullable Instant check) {
        return check == null ? "now" : Ages.of(check, invocation.clock().instant());
    }
}
