package avatarmonitor.inspect;

import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.sql.Dialect;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The lists of trainings and triggers for operators. Each is a view, or a part of one, so that SQL shows the same. */
public enum AvatarList {
    WATCHED("SELECT * FROM v_watched", "next_check_at", false, "No training is monitored."),
    LATE(
            "SELECT * FROM v_watched WHERE seconds_late > " + AvatarList.LATE_SECONDS,
            "seconds_late",
            true,
            "No check is late."),
    FAILING("SELECT * FROM v_watched WHERE failures_in_row > 0", "failures_in_row", true, "No check fails."),
    /** Excludes stalled trainings, which have a separate list. */
    UNWATCHED(
            "SELECT * FROM v_unwatched WHERE state <> 'stalled'",
            "training_started_at",
            true,
            "Every training is monitored."),
    /** Unmonitored trainings that a worker has to schedule. */
    UNMONITORED(
            "SELECT * FROM v_unwatched WHERE state = 'unmonitored'",
            "training_started_at",
            true,
            "Every training is monitored."),
    /** Unmonitored trainings whose row the application must correct. */
    INVALID(
            "SELECT * FROM v_unwatched WHERE state = 'invalid'",
            "training_started_at",
            true,
            "No training is invalid."),
    STALLED("SELECT * FROM v_stalled", "stalled_at", true, "No training is stalled."),
    STUCK("SELECT * FROM v_stuck_triggers", "trigger_name", false, "No trigger is stuck."),
    /** Trainings whose monitoring has ended, for any reason. */
    ENDED("""
            SELECT avatar_id, fal_request_id, outcome, ended_at, watched_since, checks, last_error, last_worker AS worker
            FROM avatar_monitoring WHERE ended_at IS NOT NULL""", "ended_at", true, "No monitoring has ended yet.");

    /** A check is late when it is overdue by more than this, the default interval. */
    public static final int LATE_SECONDS = 60;

    /**
     * Length limits of the application's texts in a row, so that a page of a thousand rows is at most a few megabytes.
     */
    private static final int WORD_LENGTH_MAX = 100;

    private static final int ERROR_LENGTH_MAX = 1_000;

    private final String query;
    private final String order;
    private final boolean descending;
    private final String whenEmpty;

    AvatarList(String query, String order, boolean descending, String whenEmpty) {
        this.query = query;
        this.order = order;
        this.descending = descending;
        this.whenEmpty = whenEmpty;
    }

    /** Returns the list with this name, in lower case as {@link #word}. */
    public static Optional<AvatarList> named(String word) {
        return List.of(values()).stream()
                .filter(list -> list.word().equals(word))
                .findFirst();
    }

    /** Name for programs. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Sentence to show instead of an empty list. */
    public String whenEmpty() {
        return whenEmpty;
    }

    /** Columns by which {@link #page} can sort, the default one included. */
    public List<String> sortable() {
        return switch (this) {
            case WATCHED, LATE, FAILING ->
                List.of(
                        "next_check_at",
                        "last_check_at",
                        "window_ends_at",
                        "seconds_late",
                        "checks",
                        "failures_in_row",
                        "fal_status",
                        "queue_position",
                        "trigger_state",
                        "worker");
            case UNWATCHED, UNMONITORED, INVALID ->
                List.of(
                        "training_started_at",
                        "seconds_since_start",
                        "why",
                        "state",
                        "last_outcome",
                        "last_watch_ended_at");
            case STALLED ->
                List.of("stalled_at", "training_started_at", "rounds", "checks", "last_check_at", "fal_status");
            case STUCK ->
                List.of("trigger_name", "trigger_group", "trigger_state", "problem", "next_check_at", "window_ends_at");
            case ENDED -> List.of("ended_at", "outcome", "watched_since", "checks");
        };
    }

    /** Default sort column. */
    public String usualOrder() {
        return order;
    }

    /** Returns whether the default order is descending. */
    public boolean usuallyDescending() {
        return descending;
    }

    /**
     * Request for one page.
     *
     * @param sort one of {@link #sortable}
     */
    public record Wanted(AvatarFilter filter, String sort, boolean descending, int limit, int offset) {}

    /**
     * One page of the list.
     *
     * @param rows values by column, with the avatar's {@code name} and {@code training_type} added
     * @param more whether further rows follow
     */
    public record Page(List<Map<String, @Nullable Object>> rows, boolean more) {}

    /**
     * Reads the first rows that match a filter in the default order.
     *
     * @throws avatarmonitor.store.StoreException as {@link #page}
     */
    public Page first(Database database, AvatarSchema schema, AvatarFilter filter, int limit) {
        return page(database, schema, new Wanted(filter, order, descending, limit, 0));
    }

    /**
     * Reads one page.
     *
     * @throws IllegalArgumentException when the sort column is not allowed
     * @throws avatarmonitor.store.StoreException when the database failed; {@code cancelled} when the search timed
     *     out
     */
    public Page page(Database database, AvatarSchema schema, Wanted wanted) {
        if (!sortable().contains(wanted.sort())) {
            throw new IllegalArgumentException(word() + " cannot be sorted by " + wanted.sort());
        }
        String order = "ORDER BY %s %s NULLS LAST, %s"
                .formatted(
                        wanted.sort(),
                        wanted.descending() ? "DESC" : "ASC",
                        this == STUCK ? "trigger_name" : "avatar_id");
        return database.readWhole(connection -> {
            AvatarSearch search = AvatarSearch.of(connection, schema, wanted.filter(), namesWorker());
            String sql = """
                    SELECT page.*, %s
                    FROM (SELECT * FROM (%s) list %s %s LIMIT ? OFFSET ?) page
                    LEFT JOIN %s
                    %s""".formatted(
                            added(schema),
                            query,
                            search.isForAll() ? "" : "WHERE " + search.condition(),
                            order,
                            rowOfPage(database.dialect()),
                            order);
            Object[] values = search.parameters(wanted.limit() + 1, wanted.offset());
            List<Map<String, @Nullable Object>> rows = search.isForAll()
                    ? Rows.all(connection, sql, values)
                    : Rows.allWithin(AvatarSearch.TIME_MAX, connection, sql, values);
            boolean more = rows.size() > wanted.limit();
            return new Page(more ? rows.subList(0, wanted.limit()) : rows, more);
        });
    }

    /** SQL of the whole list, each row with a column {@code avatar_id}. */
    String query() {
        return query;
    }

    boolean namesWorker() {
        return switch (this) {
            case WATCHED, LATE, FAILING, STUCK, ENDED -> true;
            case UNWATCHED, UNMONITORED, INVALID, STALLED -> false;
        };
    }

    /**
     * Looks up the avatars of a page by key, one after another: the application's table may be far larger than the
     * list.
     */
    private static String rowOfPage(Dialect dialect) {
        return switch (dialect) {
            case POSTGRESQL ->
                "LATERAL (SELECT * FROM avatars WHERE avatars.id = page.avatar_id LIMIT 1) avatars ON true";
            case H2 -> "avatars ON avatars.id = page.avatar_id";
        };
    }

    /** Adds the application's columns that its table has and the list does not. */
    private String added(AvatarSchema schema) {
        String name = beginning(schema, "name", AvatarNames.LENGTH_MAX) + " AS name";
        String type = beginning(schema, "training_type", WORD_LENGTH_MAX) + " AS training_type";
        String error = beginning(schema, "training_error", ERROR_LENGTH_MAX);
        return switch (this) {
            case UNWATCHED, STALLED -> name;
            case ENDED ->
                name + ", " + type + ", " + beginning(schema, "status", WORD_LENGTH_MAX) + " AS status, " + error
                        + " AS training_error";
            default -> name + ", " + type;
        };
    }

    private static String beginning(AvatarSchema schema, String column, int length) {
        return schema.has(column) ? Dialect.beginning("avatars." + column, length) : "CAST(NULL AS varchar)";
    }
}
