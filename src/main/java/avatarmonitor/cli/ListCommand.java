package avatarmonitor.cli;

import avatarmonitor.cli.console.Column;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.LimitOption;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.cli.console.Table;
import avatarmonitor.inspect.AvatarFilter;
import avatarmonitor.inspect.AvatarList;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code list}: lists monitored trainings, or those that are not and why. */
@Command(
        name = "list",
        description = {
            "List monitored trainings, or another list.",
            "",
            "Each list is a view of the database or a part of one: v_watched, v_unwatched, v_stalled, v_stuck_triggers and"
                    + " avatar_monitoring. Read only."
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor list                                        monitored trainings, the next check first",
            "  avatar-monitor list --unwatched                            unmonitored and invalid trainings with the reason",
            "  avatar-monitor list --failing --type style                 of these the ones of one training type",
            "  avatar-monitor list --stalled --json | jq -r '.[].avatar_id'"
        })
final class ListCommand extends ResultCommand {
    @ArgGroup
    private @Nullable Which which;

    @Option(names = "--type", paramLabel = "TYPE", description = "Only trainings of this type, in any letter case.")
    private String type = "";

    @Option(
            names = "--worker",
            paramLabel = "ID",
            description = "Only avatars that this worker checks, or checked last.")
    private String worker = "";

    @Mixin
    private final LimitOption limit = new LimitOption();

    /** Mutually exclusive options. */
    static final class Which {
        @Option(
                names = "--unwatched",
                description = "Trainings without a live trigger, with the reason: unmonitored and invalid ones.")
        boolean unwatched;

        @Option(names = "--stalled", description = "Trainings older than monitor.max-age, which are no longer checked.")
        boolean stalled;

        @Option(names = "--stuck", description = "Triggers that will not fire without a repair.")
        boolean stuck;

        @Option(
                names = "--late",
                description = "Trainings without an answer of fal for more than an interval and a minute.")
        boolean late;

        @Option(names = "--failing", description = "Trainings whose last check failed.")
        boolean failing;

        @Option(names = "--ended", description = "Trainings whose monitoring has ended, the last one first.")
        boolean ended;

        AvatarList list() {
            if (unwatched) {
                return AvatarList.UNWATCHED;
            } else if (stalled) {
                return AvatarList.STALLED;
            } else if (stuck) {
                return AvatarList.STUCK;
            } else if (late) {
                return AvatarList.LATE;
            } else if (failing) {
                return AvatarList.FAILING;
            }
            return ended ? AvatarList.ENDED : AvatarList.WATCHED;
        }
    }

    ListCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() {
        AvatarList list = which == null ? AvatarList.WATCHED : which.list();
        AvatarList.Page page;
        try (Database database = Database.openExisting(invocation.settings().store())) {
            AvatarFilter filter = new AvatarFilter("", type, worker);
            page = list.first(database, AvatarSchema.read(database), filter, limit.rows());
        }
        table(list)
                .rows(page.rows())
                .print(
                        invocation,
                        json,
                        type.isEmpty() && worker.isEmpty()
                                ? list.whenEmpty()
                                : "No avatar of this list matches the filter.");
        if (page.more()) {
            invocation.note("These are the first " + limit.rows() + ", there are more: --limit shows them.");
        }
        return ExitCode.DONE;
    }

    static Table table(AvatarList list) {
        return switch (list) {
            case WATCHED, LATE, FAILING -> watched();
            case UNWATCHED, UNMONITORED, INVALID -> unwatched();
            case STALLED -> stalled();
            case STUCK -> stuck();
            case ENDED -> ended();
        };
    }

    private static Table watched() {
        return new Table(
                        Column.id("avatar_id"),
                        Column.text("name"),
                        Column.text("fal_status"),
                        Column.number("queue_position").titled("QUEUE"),
                        Column.due("next_check_at"),
                        Column.time("last_check_at"),
                        Column.time("window_ends_at"),
                        Column.text("last_error"))
                .details("trigger_state", "seconds_late", "checks", "failures_in_row", "fal_request_id", "worker");
    }

    private static Table unwatched() {
        return new Table(
                        Column.id("avatar_id"),
                        Column.text("name"),
                        Column.text("state"),
                        Column.text("why"),
                        Column.time("training_started_at").titled("STARTED"),
                        Column.text("last_error"))
                .details(
                        "training_type",
                        "fal_request_id",
                        "seconds_since_start",
                        "last_outcome",
                        "last_watch_ended_at");
    }

    private static Table stalled() {
        return new Table(
                        Column.id("avatar_id"),
                        Column.text("name"),
                        Column.time("training_started_at").titled("STARTED"),
                        Column.time("stalled_at"),
                        Column.text("fal_status"),
                        Column.time("last_check_at"),
                        Column.text("last_error"))
                .details("training_type", "fal_request_id", "rounds", "checks");
    }

    private static Table stuck() {
        return new Table(
                        Column.id("trigger_name").titled("TRIGGER"),
                        Column.text("name"),
                        Column.text("problem"),
                        Column.due("next_check_at"),
                        Column.text("trigger_group").titled("GROUP"))
                .details("trigger_state", "avatar_id", "window_ends_at", "worker");
    }

    private static Table ended() {
        return new Table(
                        Column.id("avatar_id"),
                        Column.text("name"),
                        Column.text("outcome"),
                        Column.time("ended_at"),
                        Column.text("last_error"))
                .details(
                        "status",
                        "training_type",
                        "fal_request_id",
                        "watched_since",
                        "checks",
                        "training_error",
                        "worker");
    }
}
