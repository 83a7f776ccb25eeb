package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.event.OperatorLog.Outcome;
import avatarmonitor.inspect.Rows;
import avatarmonitor.reconcile.Reconciler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code reconcile}: runs the hourly job now. */
@Command(
        name = "reconcile",
        description = {
            "Schedule every unmonitored training now.",
            "",
            "Does once what workers do every reconcile.interval: stores a trigger for each avatar in TRAINING that has none,"
                    + " deletes triggers that would never fire again, marks trainings that are too old or invalid, and deletes"
                    + " old events. Sends no request to fal. May run at any time, also while workers run."
        },
        footer = {"", "Examples:", "  avatar-monitor reconcile", "  avatar-monitor reconcile --json"})
final class ReconcileCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Mixin
    private final JsonOption json = new JsonOption();

    ReconcileCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        try (Monitor monitor = Monitor.openExisting(invocation.settings(), invocation.clock())) {
            Reconciler.Report report = run(monitor, invocation, "reconcile");
            if (json.wanted) {
                Json.print(invocation.terminal(), Rows.json(members(report)));
            } else {
                invocation.terminal().out().println(words(report));
            }
        }
        return ExitCode.DONE;
    }

    /** Runs once and logs the operator's action. */
    static Reconciler.Report run(Monitor monitor, Invocation invocation, String action) {
        return monitor.actions()
                .did(
                        invocation.actor(),
                        action,
                        null,
                        () -> monitor.reconciler().run(),
                        report -> new Outcome("done", words(report)));
    }

    private static Map<String, Object> members(Reconciler.Report report) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("watched", report.watched());
        members.put("stalled", report.stalled());
        members.put("invalid", report.invalid());
        members.put("repaired", report.repaired());
        members.put("pruned", report.pruned());
        return members;
    }

    /** Describes the counts that are not zero. */
    static String words(Reconciler.Report report) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put("trainings taken under watch: ", report.watched());
        counts.put("repaired: ", report.repaired());
        counts.put("newly stalled: ", report.stalled());
        counts.put("newly found invalid: ", report.invalid());
        counts.put("old rows deleted: ", report.pruned());
        StringBuilder words = new StringBuilder();
        counts.forEach((name, count) -> {
            if (count > 0) {
                words.append(words.isEmpty() ? "" : ", ").append(name).append(count);
            }
        });
        return words.isEmpty() ? "nothing to do: every training that can be watched is watched" : words.toString();
    }
}
