package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.cli.console.JsonOption;
import avatarmonitor.inspect.Rows;
import avatarmonitor.reconcile.Reconciler;
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
            Reconciler.Report report = monitor.operator().reconcile("reconcile", invocation.actor());
            if (json.wanted()) {
                Json.print(invocation.terminal(), Rows.json(report));
            } else {
                invocation.say(report.words());
            }
        }
        return ExitCode.DONE;
    }
}
