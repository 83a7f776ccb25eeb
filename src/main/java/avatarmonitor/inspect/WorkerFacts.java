package avatarmonitor.inspect;

import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State of one worker from {@code v_workers}; values that an older version does not report are null or 0.
 *
 * @param clockBehind how far its clock is behind the database's; negative when it is ahead
 * @param refused reason of a polling pause: {@code key}, {@code pace}, or a word of a newer version; null while it
 *     polls
 * @param requests requests to fal in the last minute
 * @param answered how many of them fal answered
 * @param silentSince when the first request was sent since which fal has answered none; null while it answers
 * @param requestsPerSecondMax its rate limit; 0 when unknown
 * @param interval its {@code monitor.interval}; null when unknown
 */
public record WorkerFacts(
        String name,
        boolean alive,
        @Nullable Instant lastCheckIn,
        Duration clockBehind,
        @Nullable String refused,
        @Nullable Instant pausedSince,
        @Nullable Instant pausedUntil,
        @Nullable String pauseReason,
        long requests,
        long answered,
        @Nullable Instant silentSince,
        @Nullable String lastFailure,
        long requestsPerSecondMax,
        @Nullable Duration interval) {

    /** Reads a row of {@code v_workers}. */
    public static WorkerFacts of(Map<String, @Nullable Object> row) {
        boolean alive = Boolean.TRUE.equals(row.get("alive"));
        Instant until = time(row.get("fal_paused_until"));
        long interval = Rows.number(row.get("interval_ms"));
        return new WorkerFacts(
                String.valueOf(row.get("instance")),
                alive,
                time(row.get("last_check_in_at")),
                Duration.ofMillis(Rows.number(row.get("clock_behind_ms"))),
                until == null ? null : text(row.get("fal_refused"), "pace"),
                time(row.get("fal_paused_since")),
                until,
                text(row.get("fal_pause_reason"), null),
                Rows.number(row.get("requests_last_minute")),
                Rows.number(row.get("answered_last_minute")),
                time(row.get("fal_silent_since")),
                text(row.get("fal_last_failure"), null),
                Rows.number(row.get("requests_per_second_max")),
                interval == 0 ? null : Duration.ofMillis(interval));
    }

    /** Returns how many workers are alive. */
    public static int alive(Database database) {
        return database.read(
                connection -> Jdbc.one(connection, "SELECT count(*) FROM v_workers WHERE alive", row -> row.getInt(1)));
    }

    private static @Nullable Instant time(@Nullable Object value) {
        return value instanceof Instant instant ? instant : null;
    }

    private static @Nullable String text(@Nullable Object value, @Nullable String otherwise) {
        return value == null ? otherwise : value.toString();
    }
}
