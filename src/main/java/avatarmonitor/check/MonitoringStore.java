package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.Monitoring.Doubt;
import avatarmonitor.check.decision.NextAction.Observed;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.ServerText;
import avatarmonitor.store.sql.Timestamps;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table {@code avatar_monitoring}: monitoring state of trainings. All methods run in the caller's transaction. */
public final class MonitoringStore {
    private static final int ERROR_LENGTH_MAX = 1000;

    private MonitoringStore() {}

    /** How monitoring ended; the values of column {@code outcome}. */
    public enum Outcome {
        COMPLETED,
        FAILED,
        CANCELLED,
        STOPPED,
        INVALID,
        GAVE_UP,
        WINDOW_EXPIRED,
        STALLED,
        /** Its own deadline passed. */
        TIMED_OUT,
        UNWATCHED;

        public String column() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Columns of {@code avatar_monitoring m} that {@link #read} needs. The time of the last request is null when an
     * operator has asked for a check since.
     */
    static final String COLUMNS = """
            m.window_ends_at, m.checks, m.failures_in_row, m.last_fal_status, m.doubt, m.doubts_in_row, m.doubted_since,
            m.outcome, m.write_refusals, m.endpoint, m.window_seconds, m.interval_seconds, m.deadline, m.priority,
            CASE WHEN m.check_asked_at >= m.last_checked_at THEN NULL ELSE m.last_checked_at END AS last_checked_at""";

    public static Optional<Monitoring> find(Connection connection, AvatarId id) throws SQLException {
        return select(connection, id, "");
    }

    /** Like {@link #find}, and locks the row until the transaction ends; waits for a transaction that holds it. */
    static Optional<Monitoring> lock(Connection connection, AvatarId id) throws SQLException {
        return select(connection, id, " FOR UPDATE");
    }

    private static Optional<Monitoring> select(Connection connection, AvatarId id, String lock) throws SQLException {
        String sql = "SELECT m.fal_request_id, " + COLUMNS + " FROM avatar_monitoring m WHERE avatar_id = ?" + lock;
        return Jdbc.first(connection, sql, row -> read(row.getString("fal_request_id"), row), id.value());
    }

    /** Returns the state of a training; empty when the avatar is monitored for another request. */
    public static Optional<Monitoring> find(Connection connection, AvatarId id, String requestId) throws SQLException {
        return find(connection, id)
                .filter(monitoring -> monitoring.falRequestId().equals(requestId));
    }

    /** Returns the monitored request of an avatar; null when it is not monitored, and for no avatar. */
    public static @Nullable String requestOf(Connection connection, @Nullable AvatarId id) throws SQLException {
        return id == null
                ? null
                : find(connection, id).map(Monitoring::falRequestId).orElse(null);
    }

    /** Reads the state from a row with {@link #COLUMNS}. */
    static Monitoring read(@Nullable String requestId, ResultSet row) throws SQLException {
        String kind = row.getString("doubt");
        Instant since = Timestamps.read(row, "doubted_since");
        Instant last = Timestamps.read(row, "last_checked_at");
        Doubt doubt = kind == null || since == null
                ? null
                : new Doubt(Doubt.Kind.valueOf(kind.toUpperCase(Locale.ROOT)), row.getInt("doubts_in_row"), since);
        return new Monitoring(
                requestId == null ? "" : requestId,
                Timestamps.at(row, "window_ends_at"),
                row.getLong("checks"),
                row.getInt("failures_in_row"),
                row.getString("last_fal_status"),
                doubt,
                row.getString("outcome"),
                row.getInt("write_refusals"),
                row.getString("endpoint"),
                last,
                OverrideStore.read(row));
    }

    /** Previous state when monitoring starts. */
    public enum Begun {
        /** This request was not monitored before. */
        FIRST,
        /** Monitoring of the same request had ended. */
        AGAIN,
        /** Monitoring of the same request is open: its trigger was lost. */
        LOST
    }

    /**
     * Opens monitoring: another round of the same request, or the first one of a new request. Resets the count of
     * transient failures, unless the window ended while they continued; keeps doubts, since they are evidence about the
     * request.
     */
    public static Begun begin(Connection connection, AvatarId id, String requestId, Instant now, Instant windowEndsAt)
            throws SQLException {
        Optional<Monitoring> before = find(connection, id, requestId);
        String again = """
                UPDATE avatar_monitoring SET watched_since = ?, window_ends_at = ?, rounds = rounds + 1,
                    failures_in_row = CASE WHEN outcome = 'window_expired' THEN failures_in_row ELSE 0 END,
                    outcome = NULL, ended_at = NULL, next_request_by = NULL
                WHERE avatar_id = ? AND fal_request_id = ?""";
        if (Jdbc.update(connection, again, now, windowEndsAt, id.value(), requestId) == 1) {
            return before.filter(monitoring -> monitoring.outcome() == null).isPresent() ? Begun.LOST : Begun.AGAIN;
        }
        String forget = "DELETE FROM avatar_monitoring WHERE avatar_id = ?";
        Jdbc.update(connection, forget, id.value());
        String first = """
                INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at) VALUES (?, ?, ?, ?)""";
        Jdbc.update(connection, first, id.value(), requestId, now, windowEndsAt);
        return Begun.FIRST;
    }

    /** Parameters of {@link #begin} for one avatar. */
    public record Beginning(AvatarId id, String requestId, Instant windowEndsAt) {}

    /**
     * Like {@link #begin} for many avatars, each of which may occur once.
     *
     * @return previous state of each
     */
    public static Map<AvatarId, Begun> beginAll(Connection connection, List<Beginning> beginnings, Instant now)
            throws SQLException {
        if (Dialect.of(connection) == Dialect.POSTGRESQL) {
            return MonitoringBatch.begin(connection, beginnings, now);
        }
        Map<AvatarId, Begun> begun = new HashMap<>();
        for (Beginning one : beginnings) {
            begun.put(one.id(), begin(connection, one.id(), one.requestId(), now, one.windowEndsAt()));
        }
        return begun;
    }

    /**
     * Resets the state for a retraining with a new request.
     *
     * @return false when another check was faster
     */
    static boolean restart(
            Connection connection, AvatarId id, String previous, String requestId, Instant now, Instant windowEndsAt)
            throws SQLException {
        String sql = """
                UPDATE avatar_monitoring SET fal_request_id = ?, watched_since = ?, window_ends_at = ?, rounds = 1, checks = 0,
                    failures_in_row = 0, last_checked_at = NULL, last_answered_at = NULL, last_fal_status = NULL, queue_position = NULL,
                    last_error = NULL, outcome = NULL, ended_at = NULL, doubt = NULL, doubts_in_row = 0, doubted_since = NULL,
                    write_refusals = 0, endpoint = NULL, next_request_by = NULL, check_asked_at = NULL, last_worker = NULL,
                    window_seconds = NULL, interval_seconds = NULL, deadline = NULL, priority = NULL
                WHERE avatar_id = ? AND fal_request_id = ?""";
        if (Jdbc.update(connection, sql, requestId, now, windowEndsAt, id.value(), previous) == 0) {
            return false;
        }
        AnswerStore.retrained(connection, id, requestId);
        return true;
    }

    /**
     * Records the result of a check (optimistic lock).
     *
     * @param checksBefore number of recorded checks when this one started
     * @return false when another check was recorded since, or there is no such row: nothing was written then
     */
    static boolean observe(
            Connection connection, AvatarId id, String requestId, long checksBefore, Observed seen, String worker)
            throws SQLException {
        String sql = """
                UPDATE avatar_monitoring SET checks = checks + 1, failures_in_row = ?, last_checked_at = ?, last_fal_status = ?,
                    queue_position = ?, last_error = ?, last_worker = ?, doubt = ?, doubts_in_row = ?, doubted_since = ?,
                    last_answered_at = COALESCE(?, last_answered_at), endpoint = COALESCE(?, endpoint),
                    next_request_by = ?
                WHERE avatar_id = ? AND fal_request_id = ? AND checks = ?""";
        Doubt doubt = seen.doubt();
        return Jdbc.update(
                        connection,
                        sql,
                        seen.failuresInRow(),
                        seen.at(),
                        seen.falStatus(),
                        seen.queuePosition(),
                        cut(connection, seen.error()),
                        worker,
                        doubt == null ? null : doubt.kind().column(),
                        doubt == null ? 0 : doubt.inRow(),
                        doubt == null ? null : doubt.since(),
                        seen.answered() ? seen.at() : null,
                        seen.endpoint(),
                        seen.nextRequestBy(),
                        id.value(),
                        requestId,
                        checksBefore)
                == 1;
    }

    /**
     * Ends open monitoring.
     *
     * @param requestId the monitored request; null for any
     * @return false when none was open, so that the caller writes no second event
     */
    public static boolean end(
            Connection connection,
            AvatarId id,
            @Nullable String requestId,
            Outcome outcome,
            @Nullable String error,
            Instant now)
            throws SQLException {
        String sql = """
                UPDATE avatar_monitoring SET outcome = ?, ended_at = ?, last_error = COALESCE(?, last_error)
                WHERE avatar_id = ? AND fal_request_id = COALESCE(?, fal_request_id) AND outcome IS NULL""";
        return Jdbc.update(connection, sql, outcome.column(), now, cut(connection, error), id.value(), requestId) == 1;
    }

    /**
     * Marks a training as stalled.
     *
     * @return false when it was marked before, or its deadline has passed, so that the caller writes no second event
     */
    public static boolean stalled(Connection connection, AvatarId id, String requestId, Instant now)
            throws SQLException {
        Optional<Monitoring> known = find(connection, id, requestId);
        if (known.filter(monitoring -> Outcome.STALLED.column().equals(monitoring.outcome())
                        || Outcome.TIMED_OUT.column().equals(monitoring.outcome()))
                .isPresent()) {
            return false;
        }
        if (known.isEmpty()) {
            begin(connection, id, requestId, now, now);
        }
        String sql = """
                UPDATE avatar_monitoring SET outcome = 'stalled', ended_at = ? WHERE avatar_id = ? AND fal_request_id = ?""";
        return Jdbc.update(connection, sql, now, id.value(), requestId) == 1;
    }

    /** Returns a text that the server can store, truncated to the column length. */
    static @Nullable String cut(Connection connection, @Nullable String text) throws SQLException {
        return ServerText.fit(connection, text, ERROR_LENGTH_MAX);
    }
}
