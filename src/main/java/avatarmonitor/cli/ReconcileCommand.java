package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.inspect.Rows;
import avatarmonitor.reconcile.Reconciler;
import picocli.CommandLine.Command;

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
final class ReconcileCommand extends ResultCommand {
    ReconcileCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() {
        try (Monitor monitor = Monitor.openExisting(invocation.settings(), invocation.clock())) {
            Reconciler.Report report = monitor.operator().reconcile("reconcile", invocation.actor());
            print(Rows.json(report), report.words());
        }
        return ExitCode.DONE;
    }
}
