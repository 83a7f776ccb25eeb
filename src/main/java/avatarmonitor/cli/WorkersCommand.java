package avatarmonitor.cli;

import avatarmonitor.cli.console.Column;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.cli.console.Table;
import avatarmonitor.inspect.Condition;
import avatarmonitor.inspect.Overview;
import avatarmonitor.observe.CurrentState;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.text.UntrustedText;
import java.time.Instant;
import picocli.CommandLine.Command;

/** {@code workers}: lists the workers of the cluster. */
@Command(
        name = "workers",
        description = {
            "List the workers that share the database.",
            "",
            "A worker that is stopped cleanly leaves the list. A killed worker is shown as not alive until another worker has"
                    + " released its firings. Same content as the view v_workers. Read only."
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor workers",
            "  avatar-monitor workers --json | jq '[.[] | select(.alive)] | length'"
        })
final class WorkersCommand extends ResultCommand {
    WorkersCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() {
        Table table = new Table(
                        Column.id("instance"),
                        Column.text("alive"),
                        Column.time("last_check_in_at"),
                        Column.number("running_checks"),
                        Column.number("checks_per_second").titled("CHECKS/S"),
                        Column.time("fal_paused_since").titled("FAL PAUSED"),
                        Column.due("fal_paused_until").titled("NEXT TRY"),
                        Column.text("http"),
                        Column.text("version"))
                .details(
                        "requests_last_minute",
                        "answered_last_minute",
                        "fal_silent_since",
                        "requests_per_second_max",
                        "fal_refused",
                        "fal_pause_reason",
                        "late_p50_ms",
                        "late_p95_ms",
                        "late_p99_ms",
                        "started_at",
                        "check_in_seconds");
        try (Database database = Database.openExisting(invocation.settings().store())) {
            table.rows(database.read(Overview::workers));
            table.print(invocation, json, "No worker runs. Start one: avatar-monitor worker");
            if (!json) {
                invocation.terminal().out().flush();
                headline(database);
            }
        }
        return ExitCode.DONE;
    }

    /**
     * Prints the worst condition below the table. When it cannot be read, an error message takes its place; the table
     * is still valid.
     */
    private void headline(Database database) {
        Instant now = invocation.clock().instant();
        String line;
        try {
            Condition worst = CurrentState.read(database, now).headline();
            if (worst.severity() == Condition.Severity.OK) {
                return;
            }
            line = worst.line(now);
        } catch (StoreException e) {
            line = "Whether all is well cannot be read (" + e.getMessage() + "). Find out why: avatar-monitor doctor";
        }
        invocation.note(UntrustedText.cell(line));
    }
}
