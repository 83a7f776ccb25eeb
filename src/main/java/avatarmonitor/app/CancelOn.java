package avatarmonitor.app;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.background.PeriodicTasks;
import avatarmonitor.check.CancelCause;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels abandoned trainings at fal according to {@code monitor.cancel-on}, since they continue to cost money. Selects
 * avatars by events of the last day without a later {@code cancel_requested}, so a cancel that fal did not accept is
 * retried in the next run. A training that is monitored again is not cancelled.
 */
final class CancelOn {
    /** Maximum of trainings in one run; the next run continues. */
    private static final int BATCH_MAX = 50;

    private static final Logger log = LoggerFactory.getLogger(CancelOn.class);

    private final Database database;
    private final Cancellation cancellation;
    private final PollingPauses pauses;
    private final Set<CancelCause> causes;

    /** Whether a run is under way or waits for its thread. */
    private final AtomicBoolean running = new AtomicBoolean();

    /**
     * Where the next run continues; null: at the first avatar. So trainings that fal refuses to cancel hold up no
     * others.
     */
    private @Nullable UUID after;

    CancelOn(Database database, Cancellation cancellation, PollingPauses pauses, Set<CancelCause> causes) {
        this.database = database;
        this.cancellation = cancellation;
        this.pauses = pauses;
        this.causes = causes;
    }

    private record Forgotten(AvatarId avatar, String type, String cause) {}

    /**
     * Runs once on the given thread, unless a run is under way there: while fal does not answer, each cancel takes as
     * long as its timeout.
     */
    void runOn(PeriodicTasks thread) {
        if (causes.isEmpty() || !running.compareAndSet(false, true)) {
            return;
        }
        boolean taken = thread.soon(() -> {
            try {
                run();
            } finally {
                running.set(false);
            }
        });
        if (!taken) {
            running.set(false);
        }
    }

    /** Runs once; does nothing when no cause is configured. */
    void run() {
        if (causes.isEmpty()) {
            return;
        }
        List<Forgotten> found = forgotten();
        after = found.size() < BATCH_MAX
                ? null
                : found.get(BATCH_MAX - 1).avatar().value();
        for (Forgotten one : found) {
            // While an operator has paused polling, fal gets no requests of workers.
            if (pauses.isPaused(one.type())) {
                continue;
            }
            CancelOutcome outcome = cancellation.cancel(one.avatar(), one.cause());
            if (outcome.kind() == CancelOutcome.Kind.FAILED) {
                log.warn("cancel not taken, will retry avatar={} reason={}", one.avatar(), outcome.reason());
            }
        }
    }

    private List<Forgotten> forgotten() {
        String types =
                causes.stream().map(cause -> "'" + cause.event() + "'").sorted().collect(Collectors.joining(", "));
        String sql = """
                SELECT a.avatar_id, min(a.training_type) AS training_type, min(e.type) AS cause
                FROM avatar_event e
                JOIN avatar_monitor_training a ON a.avatar_id = e.avatar_id AND a.fal_request_id = e.fal_request_id
                WHERE e.type IN (%s) AND e.at > current_timestamp - INTERVAL '1' DAY AND a.invalid IS NULL %s
                  AND NOT EXISTS (SELECT 1 FROM avatar_monitoring m
                                  WHERE m.avatar_id = a.avatar_id AND m.fal_request_id = a.fal_request_id AND m.outcome IS NULL)
                  AND NOT EXISTS (SELECT 1 FROM avatar_event c
                                  WHERE c.avatar_id = e.avatar_id AND c.type = 'cancel_requested' AND c.id > e.id)
                GROUP BY a.avatar_id ORDER BY a.avatar_id LIMIT %d""".formatted(types, after == null ? "" : "AND a.avatar_id > ?", BATCH_MAX);
        Object[] values = after == null ? new Object[0] : new Object[] {after};
        return database.readWhole(connection -> Jdbc.list(
                connection,
                sql,
                row -> new Forgotten(
                        new AvatarId(row.getObject("avatar_id", UUID.class)),
                        row.getString("training_type"),
                        row.getString("cause")),
                values));
    }
}
