package avatarmonitor.cli;

import avatarmonitor.store.Database;
import java.sql.PreparedStatement;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code list}: which trainings are watched, or are not and why. */
@Command(
        name = "list",
        description = {
            "List the trainings that are watched, or those that are not.",
            "",
            "Each list is one view of the database, so SQL shows the same: v_watched, v_unwatched, v_stalled and"
                    + " v_stuck_triggers. Changes nothing.",
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor list                                        what is watched, the next check first",
            "  avatar-monitor list --unwatched                            what nobody watches, and why",
            "  avatar-monitor list --stalled --json | jq -r '.[].avatar_id'"
        })
final class ListCommand implements Callable<Integer> {
    private final Invocation invocation;

    @ArgGroup
    private @Nullable Which which;

    @Mixin
    private final LimitOption limit = new LimitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    /** At most one of them. */
    static final class Which {
        @Option(names = "--unwatched", description = "Trainings that nobody watches, and why.")
        boolean unwatched;

        @Option(names = "--stalled", description = "Trainings older than monitor.max-age, which are no longer checked.")
        boolean stalled;

        @Option(names = "--stuck", description = "Triggers that will not fire by themselves.")
        boolean stuck;
    }

    ListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (which != null && which.unwatched) {
            print(unwatched(), """
                    SELECT * FROM v_unwatched ORDER BY training_started_at DESC NULLS LAST, avatar_id LIMIT ?
                    """, "Every training is watched.");
        } else if (which != null && which.stalled) {
            print(stalled(), """
                    SELECT * FROM v_stalled ORDER BY stalled_at DESC, avatar_id LIMIT ?
                    """, "No training is stalled.");
        } else if (which != null && which.stuck) {
            print(stuck(), """
                    SELECT * FROM v_stuck_triggers ORDER BY trigger_group, trigger_name LIMIT ?
                    """, "No trigger is stuck.");
        } else {
            print(watched(), """
                    SELECT * FROM v_watched ORDER BY next_check_at NULLS LAST, avatar_id LIMIT ?
                    """, "No training is watched.");
        }
        return ExitCode.DONE;
    }

    private void print(Table table, String query, String whenEmpty) {
        boolean more;
        try (Database database = Database.openExisting(invocation.settings().store())) {
            more = database.read(connection -> {
                try (PreparedStatement select = connection.prepareStatement(query)) {
                    select.setInt(1, limit.rows() + 1);
                    return Rows.into(table, select, limit.rows());
                }
            });
        }
        table.print(invocation.terminal(), json.wanted, invocation.clock().instant(), whenEmpty);
        if (more) {
            invocation
                    .terminal()
                    .err()
                    .println("These are the first " + limit.rows() + ", there are more: --limit shows them.");
        }
    }

    private static Table watched() {
        return new Table(
                Column.id("avatar_id"),
                Column.text("fal_status"),
                Column.number("queue_position").titled("QUEUE"),
                Column.time("next_check_at"),
                Column.time("last_check_at"),
                Column.time("window_ends_at"),
                Column.text("last_error"),
                Column.detail("trigger_state"),
                Column.detail("seconds_late"),
                Column.detail("checks"),
                Column.detail("failures_in_row"),
                Column.detail("fal_request_id"),
                Column.detail("worker"));
    }

    private static Table unwatched() {
        return new Table(
                Column.id("avatar_id"),
                Column.text("why"),
                Column.time("training_started_at").titled("STARTED"),
                Column.text("last_error"),
                Column.detail("training_type"),
                Column.detail("fal_request_id"),
                Column.detail("seconds_since_start"),
                Column.detail("last_outcome"),
                Column.detail("last_watch_ended_at"));
    }

    private static Table stalled() {
        return new Table(
                Column.id("avatar_id"),
                Column.time("training_started_at").titled("STARTED"),
                Column.time("stalled_at"),
                Column.text("fal_status"),
                Column.time("last_check_at"),
                Column.text("last_error"),
                Column.detail("training_type"),
                Column.detail("fal_request_id"),
                Column.detail("rounds"),
                Column.detail("checks"));
    }

    private static Table stuck() {
        return new Table(
                Column.id("trigger_name").titled("TRIGGER"),
                Column.text("problem"),
                Column.time("next_check_at"),
                Column.text("trigger_group").titled("GROUP"),
                Column.detail("trigger_state"),
                Column.detail("avatar_id"),
                Column.detail("window_ends_at"),
                Column.detail("worker"));
    }
}
