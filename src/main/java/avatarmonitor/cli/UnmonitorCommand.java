package avatarmonitor.cli;

import avatarmonitor.app.CancelOutcome;
import avatarmonitor.app.Monitor;
import avatarmonitor.app.Operator.Unmonitored;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.config.Settings;
import avatarmonitor.event.BulkAction;
import avatarmonitor.fal.FalKey;
import avatarmonitor.inspect.AgeText;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.inspect.Rows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unmonitor ID…}: stops monitoring avatars. */
@Command(
        name = "unmonitor",
        description = {
            "Stop monitoring avatars until the next reconcile run.",
            "",
            "Deletes the trigger of each avatar and leaves the avatar unchanged. If the avatar is still in TRAINING, the next"
                    + " reconcile run schedules it again. To stop permanently, give the avatar another status. The exit code is"
                    + " 1 if one of the avatars was not monitored.",
            "",
            "With --cancel-at-fal fal is asked to cancel the training. The avatar then stays monitored until fal says that it has"
                    + " ended, and becomes CANCELLED; a training that had completed before is stored as usual. The exit code is 1"
                    + " if fal did not take one of the cancels.",
            "",
            "--where selects all avatars of a list. Ctrl-C stops between two batches of at most 50; the summary says what was done."
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor unmonitor 0198a1b2-0000-7000-8000-000000000001",
            "  avatar-monitor unmonitor --cancel-at-fal 0198a1b2-0000-7000-8000-000000000001",
            "  avatar-monitor unmonitor --where state=stalled --cancel-at-fal --dry-run",
            "To stop permanently, in SQL:",
            "  UPDATE avatars SET status = 'CANCELLED' WHERE id = '0198a1b2-0000-7000-8000-000000000001'"
        })
final class UnmonitorCommand extends ResultCommand {
    @Parameters(paramLabel = "ID", arity = "0..*", description = "Avatars, by the id of their row in avatars.")
    private List<String> ids = List.of();

    @Option(
            names = "--cancel-at-fal",
            description = "Ask fal to cancel the training, and monitor it until it has ended.")
    private boolean cancelAtFal;

    @Mixin
    private final BulkOptions bulk = new BulkOptions();

    UnmonitorCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() throws InterruptedException {
        AvatarSelection selection = bulk.selection(!ids.isEmpty());
        Settings settings = invocation.settings();
        if (selection != null) {
            BulkAction kind = cancelAtFal ? BulkAction.CANCEL : BulkAction.UNMONITOR;
            return new BulkRun(invocation, kind, bulk, json).run(settings, selection);
        }
        Set<AvatarId> wanted = bulk.ids(ids);
        if (cancelAtFal) {
            return cancel(settings, wanted);
        }
        boolean training = false;
        Answers answers = new Answers(invocation, json);
        try (Monitor monitor = Monitor.openExisting(settings, invocation.clock())) {
            for (AvatarId id : wanted) {
                Unmonitored answer = monitor.operator().unmonitor(id, invocation.actor());
                training |= answer.monitored() && answer.training();
                String line = answer.monitored()
                        ? "no longer monitored" + (answer.training() ? ", still in TRAINING" : "")
                        : "was not monitored";
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                members.put("avatar_id", id);
                members.put("outcome", answer.monitored() ? "unmonitored" : "not_monitored");
                members.put("training", answer.training());
                answers.add(id, answer.monitored(), line, Rows.json(members));
            }
        }
        if (training && !json) {
            invocation.note("The next reconcile (every "
                    + AgeText.length(settings.reconcile().interval())
                    + ", and at each start of a worker) schedules again what is still in TRAINING."
                    + " To stop for good, give the avatar another status.");
        }
        return answers.end();
    }

    private int cancel(Settings settings, Set<AvatarId> wanted) {
        FalKey unused = settings.requireFalKey();
        Answers answers = new Answers(invocation, json);
        try (Monitor monitor = Monitor.openExisting(settings, invocation.clock())) {
            for (AvatarId id : wanted) {
                CancelOutcome outcome = monitor.operator().cancel(id, invocation.actor());
                answers.add(id, outcome.done(), outcome.words(), outcome.word(), outcome.reason());
            }
        }
        return answers.end();
    }
}
