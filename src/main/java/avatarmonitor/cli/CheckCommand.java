package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.app.Operator.Checked;
import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.config.Settings;
import avatarmonitor.event.BulkAction;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.inspect.Rows;
import avatarmonitor.text.UntrustedText;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code check ID}: makes one check now, in this process. */
@Command(
        name = "check",
        description = {
            "Check one avatar at fal now.",
            "",
            "Does one check like a worker: polls fal and, if the training has ended, writes the model or the error to the"
                    + " avatar and ends its monitoring. The avatar need not be monitored, and workers may run. A pause by an"
                    + " operator does not hold it; the result then names the pause.",
            "",
            "--rejudge sends no request to fal. It evaluates stored answers of trainings that ended in ERROR because of an"
                    + " unusable model again, with the current trainings.TYPE.outputs. An avatar that is still in ERROR with the"
                    + " same request id becomes COMPLETED if its answer now contains a model.",
            "",
            "--where checks all avatars of a list. Their checks become due at once, also during a backoff, and the workers make"
                    + " them within fal.requests-per-second and after a pause by an operator. Avatars without a live trigger are"
                    + " checked here, one after another. Ctrl-C stops it; the summary says what was done.",
            "",
            "Exit code 0: fal answered, or no request was necessary. Exit code 1: fal could not be reached, the database"
                    + " refused the end of the training, or the avatar does not exist."
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor check --where state=failing,type=style --dry-run",
            "  avatar-monitor check --where state=failing --yes",
            "  FAL_KEY=id:secret avatar-monitor check 0198a1b2-0000-7000-8000-000000000001",
            "  avatar-monitor check 0198a1b2-0000-7000-8000-000000000001 --json | jq -r .outcome",
            "  avatar-monitor check --rejudge --type style --since 2d     after trainings.style.outputs was corrected"
        })
final class CheckCommand extends ResultCommand {
    @Parameters(
            paramLabel = "ID",
            arity = "0..1",
            description = "Avatar, by the id of its row in avatars. Optional with --rejudge.")
    private @Nullable AvatarId id;

    @Mixin
    private final RejudgeOptions rejudge = new RejudgeOptions();

    @Mixin
    private final BulkOptions bulk = new BulkOptions();

    CheckCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() throws InterruptedException {
        AvatarId wanted = id;
        AvatarSelection selection = bulk.selection(wanted != null || rejudge.wanted);
        if (selection != null) {
            rejudge.check(null, true);
            return new BulkRun(invocation, BulkAction.CHECK, bulk, json).run(invocation.settings(), selection);
        }
        rejudge.check(wanted, false);
        Settings settings = invocation.settings();
        rejudge.check(settings.trainings());
        if (rejudge.wanted || wanted == null) {
            try (Monitor monitor = Monitor.openExisting(settings, invocation.clock())) {
                return rejudge.run(invocation, monitor, wanted, json);
            }
        }
        settings.requireFalKey();
        Checked checked;
        try (Monitor monitor = Monitor.openExisting(settings, invocation.clock())) {
            checked = monitor.operator().check(wanted, invocation.actor());
        }
        Avatar avatar = checked.avatar();
        if (avatar == null) {
            return invocation.failed("There is no avatar " + wanted + ".");
        }
        boolean answered = checked.answered();
        if (json) {
            Json.print(invocation.terminal(), Rows.json(members(avatar, checked, answered)));
        } else {
            String line = UntrustedText.cell(wanted + ": " + words(avatar, checked));
            (checked.done()
                            ? invocation.terminal().out()
                            : invocation.terminal().err())
                    .println(line);
        }
        if (checked.outcome() == CheckOutcome.WRITE_REFUSED) {
            return invocation.failed(
                    "The database refused to write the end of this training; what fal said is kept. See why:"
                            + " avatar-monitor show " + wanted
                            + ". Remove what refuses it, such as a trigger, a constraint or a"
                            + " missing right on avatars; the next check writes the end without asking fal again.");
        }
        return answered ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static Map<String, @Nullable Object> members(Avatar avatar, Checked checked, boolean answered) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("avatar_id", avatar.id());
        members.put("outcome", checked.outcome().column());
        members.put("fal_answered", checked.heard() == null ? null : answered);
        members.put("fal_said", checked.heard() == null ? null : FalWords.of(checked.heard()));
        members.put("status", avatar.status());
        members.put("polling_paused", checked.paused() != null);
        return members;
    }

    private static String words(Avatar avatar, Checked checked) {
        String fal = checked.heard() == null ? "fal was not asked" : FalWords.of(checked.heard());
        String outcome = checked.outcome().words();
        String paused = checked.paused() == null
                ? ""
                : ". " + checked.paused().words() + ", " + checked.paused().untilWords() + "; this check went ahead";
        return outcome + " (" + fal + "); its status is " + avatar.status() + paused;
    }
}
