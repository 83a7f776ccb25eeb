package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.app.Monitored;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.event.BulkAction;
import avatarmonitor.inspect.AgeText;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.inspect.Rows;
import avatarmonitor.inspect.WorkerFacts;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code monitor ID…}: starts monitoring avatars without waiting for the next reconcile. */
@Command(
        name = "monitor",
        description = {
            "Start monitoring avatars now.",
            "",
            "Stores the trigger of each avatar; the workers do the checks. This is optional: the next scan or reconcile run"
                    + " schedules every training. An avatar that is not in TRAINING, has an invalid row, or started longer ago"
                    + " than monitor.max-age is refused, and the exit code is 1.",
            "",
            "The options change settings of these trainings, also of monitored ones, which are then checked now. They hold until the"
                    + " training ends, also after restarts and repairs; a new request of the avatar starts without them.",
            "",
            "--where selects all avatars of a list. Ctrl-C stops between two batches of at most 50; the summary says what was done."
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor monitor --where state=unmonitored,type=style --dry-run",
            "  avatar-monitor monitor 0198a1b2-0000-7000-8000-000000000001",
            "  avatar-monitor monitor 0198a1b2-0000-7000-8000-000000000001 --interval 30s --deadline 2h",
            "  avatar-monitor list --unwatched --json | jq -r '.[].avatar_id' | xargs avatar-monitor monitor"
        })
final class MonitorCommand extends ResultCommand {
    @Parameters(paramLabel = "ID", arity = "0..*", description = "Avatars, by the id of their row in avatars.")
    private List<String> ids = List.of();

    @Mixin
    private final BulkOptions bulk = new BulkOptions();

    @Mixin
    private final OverrideOptions overrides = new OverrideOptions();

    MonitorCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() throws InterruptedException {
        AvatarSelection selection = bulk.selection(!ids.isEmpty());
        Overrides.Change change = overrides.change(invocation.clock().instant());
        if (selection != null) {
            overrides.requireNone(change);
            return new BulkRun(invocation, BulkAction.MONITOR, bulk, json).run(invocation.settings(), selection);
        }
        Set<AvatarId> wanted = bulk.ids(ids);
        Answers answers = new Answers(invocation, json);
        try (Monitor monitor = Monitor.openExisting(invocation.settings(), invocation.clock())) {
            for (AvatarId id : wanted) {
                Monitored answer = monitor.operator().monitor(id, change, invocation.actor());
                answers.add(id, !(answer instanceof Monitored.Refused), words(answer), json(id, answer));
            }
            if (WorkerFacts.alive(monitor.database()) == 0) {
                invocation.note(
                        "No worker is alive, so nothing is checked until one is started: avatar-monitor worker");
            }
        }
        return answers.end();
    }

    private static JsonObject json(AvatarId id, Monitored answer) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("avatar_id", id);
        members.put("outcome", answer.outcome().word());
        members.put("next_check_at", answer.nextCheck());
        members.put("reason", answer instanceof Monitored.Refused no ? no.reason() : null);
        if (answer instanceof Monitored.Changed changed) {
            members.put("window_seconds", seconds(changed.overrides().window()));
            members.put("interval_seconds", seconds(changed.overrides().interval()));
            members.put("deadline", changed.overrides().deadline());
            members.put("priority", changed.overrides().priority());
        }
        return Rows.json(members);
    }

    private String words(Monitored answer) {
        Instant next = answer.nextCheck();
        String check =
                next == null ? "now" : AgeText.due(next, invocation.clock().instant());
        if (answer instanceof Monitored.Started) {
            return "monitored, first check " + check;
        } else if (answer instanceof Monitored.AlreadyMonitored) {
            return "already monitored, next check " + check;
        } else if (answer instanceof Monitored.Changed changed) {
            return "monitored, " + changed.overrides().words() + ", next check " + check;
        } else if (answer instanceof Monitored.Refused no) {
            return "refused, " + no.reason();
        }
        throw new IllegalStateException("no words for " + answer);
    }

    private static @Nullable Long seconds(@Nullable Duration length) {
        return length == null ? null : length.toSeconds();
    }
}
