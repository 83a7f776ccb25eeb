package avatarmonitor.hint;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The table {@code avatar_monitor_kept_hint}: hints whose check could not send a request, because polling was paused by
 * an operator or by fal. At most one for each request of a training.
 */
final class KeptHints {
    /** Most hints that one call takes. */
    static final int TAKEN_MAX = 100;

    /** A worker that took a hint and died loses it to the others after this time, in seconds. */
    private static final int TAKEN_SECONDS = 60;

    private final Database database;

    KeptHints(Database database) {
        this.database = database;
    }

    /** A hint that was kept. */
    record Kept(FalRequestId request, HintSource source) {}

    /**
     * Keeps a hint, or gives back one that was taken.
     *
     * @param avatar that could not be checked
     */
    void keep(FalRequestId request, AvatarId avatar, HintSource source) {
        database.inTransaction(connection -> {
            String insert = """
                    INSERT INTO avatar_monitor_kept_hint (fal_request_id, avatar_id, source, kept_at)
                    VALUES (?, ?, ?, current_timestamp) ON CONFLICT DO NOTHING""";
            String giveBack = "UPDATE avatar_monitor_kept_hint SET taken_at = NULL WHERE fal_request_id = ?";
            String word = source.name().toLowerCase(Locale.ROOT);
            return Jdbc.update(connection, insert, request.value(), avatar.value(), word)
                    + Jdbc.update(connection, giveBack, request.value());
        });
    }

    /** Takes the oldest hints about trainings that no operator has paused. Each goes to one worker. */
    List<Kept> take() {
        String free =
                "(k.taken_at IS NULL OR k.taken_at < current_timestamp - INTERVAL '" + TAKEN_SECONDS + "' SECOND)";
        String due = """
                SELECT k.fal_request_id, k.source FROM avatar_monitor_kept_hint k LEFT JOIN avatars a ON a.id = k.avatar_id
                WHERE %s AND (a.id IS NULL OR %s) ORDER BY k.kept_at LIMIT %d""".formatted(free, PollingPauses.notPaused(database.dialect(), "a.training_type"), TAKEN_MAX);
        List<Kept> found = database.read(connection -> Jdbc.list(
                connection,
                due,
                row -> new Kept(
                        new FalRequestId(row.getString("fal_request_id")),
                        HintSource.valueOf(row.getString("source").toUpperCase(Locale.ROOT)))));
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

    /** Deletes a hint that was followed. */
    void done(FalRequestId request) {
        int unused = database.update("DELETE FROM avatar_monitor_kept_hint WHERE fal_request_id = ?", request.value());
    }
}
