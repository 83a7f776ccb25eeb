package avatarmonitor.cli;

import avatarmonitor.store.Database;
import java.sql.PreparedStatement;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code workers}: who does the checks. */
@Command(
        name = "workers",
        description = {
            "List the workers that share the database.",
            "",
            "A worker that stops in order leaves the list. One that was killed stays as not alive until another takes over what"
                    + " it held. The same as the view v_workers. Changes nothing.",
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor workers",
            "  avatar-monitor workers --json | jq '[.[] | select(.alive)] | length'"
        })
final class WorkersCommand implements Callable<Integer> {
    /** Far more than any cluster has. */
    private static final int MOST = 10_000;

    private final Invocation invocation;

    @Mixin
    private final JsonOption json = new JsonOption();

    WorkersCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Table table = new Table(
                Column.id("instance"),
                Column.text("alive"),
                Column.time("last_check_in_at"),
                Column.number("running_checks"),
                Column.detail("check_in_seconds"));
        try (Database database = Database.openExisting(invocation.settings().store())) {
            database.read(connection -> {
                try (PreparedStatement select =
                        connection.prepareStatement("SELECT * FROM v_workers ORDER BY instance")) {
                    return Rows.into(table, select, MOST);
                }
            });
        }
        table.print(
                invocation.terminal(),
                json.wanted,
                invocation.clock().instant(),
                "No worker runs. Start one: avatar-monitor worker");
        return ExitCode.DONE;
    }
}
