package avatarmonitor.hint;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The table {@code avatar_monitor_kept_hint}: hints whose check could not send a request, because polling was paused by
 * an operator or by fal or the rate limit was used up, or brought no answer of fal. At most one for each request of a
 * training.
 */
final class KeptHints {
    /** Most hints that one call takes. */
    static final int TAKEN_MAX = 100;

    /** A worker that took a hint and died loses it to the others after this time, in seconds. */
    private static final int TAKEN_SECONDS = 60;

    /** How often a check without an answer is repeated, within about 15 minutes. */
    static final int REPEATS_MAX = 8;

    /** Time until the first repetition; each further one waits twice as long, up to the maximum. */
    private static final Duration REPEAT_AFTER = Duration.ofSeconds(5);

    private static final Duration REPEAT_AFTER_MAX = Duration.ofMinutes(5);

    private final Database database;

    KeptHints(Database database) {
        this.database = database;
    }

    /**
     * A hint that was kept.
     *
     * @param failures how often in a row its check brought no answer
     */
    record Kept(FalRequestId request, HintSource source, int failures) {}

    /**
     * Keeps a hint, or gives back one that was taken.
     *
     * @param avatar that could not be checked
     */
    void keep(FalRequestId request, AvatarId avatar, HintSource source) {
        database.inTransaction(connection -> {
            String retryLater =
                    "UPDATE avatar_monitor_kept_hint SET taken_at = NULL, due_at = NULL WHERE fal_request_id = ?";
            return insert(connection, request, avatar, source) + Jdbc.update(connection, retryLater, request.value());
        });
    }

    /**
     * Keeps a hint whose check brought no answer, for a repetition after a while.
     *
     * @param avatar that was checked
     * @param failures how often in a row the check has brought no answer, with this time; at most {@link #REPEATS_MAX}
     */
    void repeat(FalRequestId request, AvatarId avatar, HintSource source, int failures) {
        database.inTransaction(connection -> {
            String later = """
                    UPDATE avatar_monitor_kept_hint SET taken_at = NULL, failures = ?,
                        due_at = current_timestamp + CAST(? AS integer) * INTERVAL '1' SECOND
                    WHERE fal_request_id = ?""";
            long seconds = pause(failures).toSeconds();
            return insert(connection, request, avatar, source)
                    + Jdbc.update(connection, later, failures, seconds, request.value());
        });
    }

    private static int insert(Connection connection, FalRequestId request, AvatarId avatar, HintSource source)
            throws SQLException {
        String insert = """
                INSERT INTO avatar_monitor_kept_hint (fal_request_id, avatar_id, source, kept_at)
                VALUES (?, ?, ?, current_timestamp) ON CONFLICT DO NOTHING""";
        String word = source.name().toLowerCase(Locale.ROOT);
        return Jdbc.update(connection, insert, request.value(), avatar.value(), word);
    }

    /** Returns the time between a check without an answer and its repetition. */
    static Duration pause(int failures) {
        Duration doubled = REPEAT_AFTER.multipliedBy(1L << Math.min(failures - 1, REPEATS_MAX));
        return doubled.compareTo(REPEAT_AFTER_MAX) < 0 ? doubled : REPEAT_AFTER_MAX;
    }

    /** Takes the oldest hints that are due, about trainings that no operator has paused. Each goes to one worker. */
    List<Kept> take() {
        String free = "(k.taken_at IS NULL OR k.taken_at < current_timestamp - INTERVAL '" + TAKEN_SECONDS
                + "' SECOND) AND (k.due_at IS NULL OR k.due_at <= current_timestamp)";
        String due = """
                SELECT k.fal_request_id, k.source, k.failures FROM avatar_monitor_kept_hint k LEFT JOIN avatars a ON a.id = k.avatar_id
                WHERE %s AND (a.id IS NULL OR %s) ORDER BY k.kept_at LIMIT %d""".formatted(free, PollingPauses.notPaused(database.dialect(), "a.training_type"), TAKEN_MAX);
        List<Kept> found = database.read(connection -> Jdbc.list(
                connection,
                due,
                row -> new Kept(
                        new FalRequestId(row.getString("fal_request_id")),
                        HintSource.valueOf(row.getString("source").toUpperCase(Locale.ROOT)),
                        row.getInt("failures"))));
        List<Kept> taken = new ArrayList<>();
        String take =
                "UPDATE avatar_monitor_kept_hint k SET taken_at = current_timestamp WHERE k.fal_request_id = ? AND "
                        + free;
        for (Kept hint : found) {
            if (database.update(take, hint.request().value()) == 1) {
                taken.add(hint);
            }
        }
        return taken;
    }

    /** Deletes a hint that was followed, or is given up. */
    void done(FalRequestId request) {
        int unused = database.update("DELETE FROM avatar_monitor_kept_hint WHERE fal_request_id = ?", request.value());
    }
}
