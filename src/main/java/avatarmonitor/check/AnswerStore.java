package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.UnwrittenEnd;
import avatarmonitor.check.decision.UnwrittenEnd.Ending;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.FreshPlan;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.ServerText;
import avatarmonitor.store.sql.Timestamps;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code avatar_monitor_answer}: fal's answers about trainings that failed, or whose end the database
 * refused; at most one per avatar. An end that is not yet written to the avatar waits here. All methods run in the
 * caller's transaction.
 */
public final class AnswerStore {
    /**
     * Length limit of a stored body in characters; a longer one is not stored, and is requested from fal again while it
     * is available. The client accepts at most 1 MiB, which becomes at most six characters per byte in ASCII, plus a
     * little for what is added around a value.
     */
    static final int BODY_LENGTH_MAX = 6 * 1024 * 1024 + 1024;

    private static final int ERROR_TYPE_LENGTH_MAX = 500;

    /**
     * Condition: fal returned a result with code 200, and the training failed all the same; no failure reported by fal
     * has this code.
     */
    static final String WITHOUT_MODEL = "k.ending = 'failed' AND k.http_code = 200 AND k.body IS NOT NULL";

    private AnswerStore() {}

    /**
     * Refusals of an end by the database.
     *
     * @param refusals number of consecutive refusals
     * @param cause SQLState, or {@link WriteRefusal#SUPPRESSED}
     * @param event id of the event about this cause; null when there is none yet
     * @param toldAt when an alert about that event was last raised; null when it was not
     */
    record Refused(
            int refusals,
            @Nullable String cause,
            @Nullable Long event,
            @Nullable Instant toldAt) {
        static final Refused NEVER = new Refused(0, null, null, null);
    }

    /** Returns the end that waits to be written to the avatar. */
    static Optional<UnwrittenEnd> waiting(Connection connection, AvatarId id) throws SQLException {
        return find(connection, id, "k.written_at IS NULL");
    }

    private static Optional<UnwrittenEnd> find(Connection connection, AvatarId id, String condition)
            throws SQLException {
        String sql = """
                SELECT fal_request_id, ending, fal_status, reason, body, at, error_type, http_code,
                    retryable
                FROM avatar_monitor_answer k WHERE avatar_id = ? AND %s""".formatted(condition);
        return Jdbc.first(
                connection,
                sql,
                row -> {
                    String body = row.getString("body");
                    return new UnwrittenEnd(
                            row.getString("fal_request_id"),
                            Ending.valueOf(row.getString("ending").toUpperCase(Locale.ROOT)),
                            row.getString("fal_status"),
                            row.getString("reason"),
                            error(row),
                            body == null ? null : JsonParser.parseString(body),
                            Timestamps.at(row, "at"));
                },
                id.value());
    }

    /**
     * Returns the answer about a training that failed without a usable model: fal returned a result that contained
     * none.
     */
    static Optional<UnwrittenEnd> withoutModel(Connection connection, AvatarId id) throws SQLException {
        return find(connection, id, "k.written_at IS NOT NULL AND " + WITHOUT_MODEL);
    }

    /** Returns earlier refusals of the end of this request; locks the row. */
    static Refused refused(Connection connection, AvatarId id, String requestId) throws SQLException {
        String sql = """
                SELECT refusals, sql_state, event_id, told_at FROM avatar_monitor_answer
                WHERE avatar_id = ? AND fal_request_id = ? AND written_at IS NULL FOR UPDATE""";
        return Jdbc.first(
                        connection,
                        sql,
                        row -> {
                            long event = row.getLong("event_id");
                            Long known = row.wasNull() ? null : event;
                            return new Refused(
                                    row.getInt("refusals"),
                                    row.getString("sql_state"),
                                    known,
                                    Timestamps.read(row, "told_at"));
                        },
                        id.value(),
                        requestId)
                .orElse(Refused.NEVER);
    }

    /** Returns whether the stored end of this request has been written to the avatar's row. */
    static boolean isWritten(Connection connection, AvatarId id, String requestId) throws SQLException {
        String sql = """
                SELECT 1 FROM avatar_monitor_answer
                WHERE avatar_id = ? AND fal_request_id = ? AND written_at IS NOT NULL""";
        return Jdbc.exists(connection, sql, id.value(), requestId);
    }

    /** Stores a refused end; replaces what was stored about the avatar. */
    static void keep(
            Connection connection,
            AvatarId id,
            UnwrittenEnd end,
            Refused refused,
            String error,
            String worker,
            Instant now)
            throws SQLException {
        String update = """
                UPDATE avatar_monitor_answer SET refusals = ?, sql_state = ?, refusal = ?, event_id = ?, told_at = ?
                WHERE avatar_id = ? AND fal_request_id = ? AND written_at IS NULL""";
        List<@Nullable Object> values = values(connection, refused, error);
        values.addAll(List.of(id.value(), end.falRequestId()));
        if (Jdbc.update(connection, update, values.toArray()) == 0) {
            insert(connection, id, end, refused, error, worker, null, now);
        }
    }

    /** Stores the answer of an end that is in the avatar's row; replaces what was stored about the avatar. */
    static void keepWritten(Connection connection, AvatarId id, UnwrittenEnd end, String worker, Instant now)
            throws SQLException {
        insert(connection, id, end, Refused.NEVER, null, worker, now, now);
    }

    private static void insert(
            Connection connection,
            AvatarId id,
            UnwrittenEnd end,
            Refused refused,
            @Nullable String refusal,
            String worker,
            @Nullable Instant writtenAt,
            Instant now)
            throws SQLException {
        delete(connection, id);
        String insert = """
                INSERT INTO avatar_monitor_answer (refusals, sql_state, refusal, event_id, told_at, avatar_id, fal_request_id, at, worker,
                    ending, fal_status, reason, body, refused_since, written_at, error_type, http_code, retryable, charged)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, %s, ?, ?, ?, ?, ?, ?)""".formatted(Dialect.of(connection).jsonParameter());
        FalError error = end.error();
        List<@Nullable Object> values = values(connection, refused, refusal);
        values.addAll(Arrays.asList(
                id.value(),
                end.falRequestId(),
                end.at(),
                worker,
                end.ending().column(),
                end.falStatus(),
                MonitoringStore.cut(connection, end.reason()),
                body(connection, end.body()),
                writtenAt == null ? now : null,
                writtenAt,
                error == null || error.type().isEmpty()
                        ? null
                        : ServerText.fit(connection, error.type(), ERROR_TYPE_LENGTH_MAX),
                error == null || error.httpCode() == 0 ? null : error.httpCode(),
                error == null ? null : error.retryable(),
                error == null ? null : error.charged().word()));
        Jdbc.update(connection, insert, values.toArray());
    }

    private static @Nullable FalError error(ResultSet row) throws SQLException {
        boolean retryable = row.getBoolean("retryable");
        if (row.wasNull()) {
            return null;
        }
        String type = row.getString("error_type");
        String reason = row.getString("reason");
        return new FalError(row.getInt("http_code"), type == null ? "" : type, reason == null ? "" : reason, retryable);
    }

    private static List<@Nullable Object> values(Connection connection, Refused refused, @Nullable String error)
            throws SQLException {
        return new ArrayList<>(Arrays.asList(
                refused.refusals(),
                refused.cause(),
                MonitoringStore.cut(connection, error),
                refused.event(),
                refused.toldAt()));
    }

    private static @Nullable String body(Connection connection, @Nullable JsonElement body) throws SQLException {
        String text = body == null ? null : ServerText.json(connection, body, false);
        return text == null || text.length() > BODY_LENGTH_MAX ? null : text;
    }

    /** Marks the waiting end of this request as written to the avatar's row. */
    static void written(Connection connection, AvatarId id, String requestId, Instant now) throws SQLException {
        String sql = """
                UPDATE avatar_monitor_answer SET written_at = ?
                WHERE avatar_id = ? AND fal_request_id = ? AND written_at IS NULL""";
        Jdbc.update(connection, sql, now, id.value(), requestId);
    }

    private static void delete(Connection connection, AvatarId id) throws SQLException {
        Jdbc.update(connection, "DELETE FROM avatar_monitor_answer WHERE avatar_id = ?", id.value());
    }

    /** Deletes what is stored about other requests than this one, after a retraining. */
    static void retrained(Connection connection, AvatarId id, String requestId) throws SQLException {
        Jdbc.update(
                connection,
                "DELETE FROM avatar_monitor_answer WHERE avatar_id = ? AND fal_request_id <> ?",
                id.value(),
                requestId);
    }

    /**
     * Deletes at most {@code batch} answers older than {@code before} for which no training in the application's table
     * waits; returns their number.
     */
    public static int prune(Connection connection, Instant before, int batch) throws SQLException {
        FreshPlan.byHash(connection);
        String ids = """
                SELECT k.avatar_id FROM avatar_monitor_answer k
                WHERE k.at < ?
                  AND NOT EXISTS (SELECT 1 FROM avatar_monitor_training a
                                  WHERE a.avatar_id = k.avatar_id AND a.fal_request_id = k.fal_request_id)
                ORDER BY k.at LIMIT ?""";
        String sql = "DELETE FROM avatar_monitor_answer WHERE avatar_id " + FreshPlan.in(connection, ids);
        return Jdbc.update(connection, sql, before, batch);
    }
}
