package avatarmonitor.event;

import java.util.Locale;

/** Types of events, stored in lower case. */
public enum EventType {
    WATCHING(false),
    RESTORED(false),
    /** An operator stopped monitoring. */
    UNWATCHED(false),
    COMPLETED(true),
    FAILED(true),
    CANCELLED(true),
    WINDOW_EXPIRED(false),
    STALLED(true),
    /** The deadline of one training, set by an operator, passed without an end; it is not monitored again. */
    TIMED_OUT(true),
    /** An operator changed window, interval, deadline or priority of one training. */
    OVERRIDDEN(false),
    GAVE_UP(true),
    INVALID(false),
    SUPERSEDED(false),
    REPAIRED(false),
    REPAIR_RUNAWAY(true),
    /**
     * The database refuses the end of a training: one for each training and cause. Raises an alert when it continues.
     */
    WRITE_REFUSED(false),
    FAL_PAUSED(true),
    FAL_RESUMED(true),
    /** fal reports that a training is over and refuses to return its result. */
    RESULT_REFUSED(true),
    /** fal does not have a configured application; and it has all of them again. */
    ENDPOINT_UNKNOWN(true),
    ENDPOINT_KNOWN(true),
    /** fal's platform API refuses the key or is unavailable: it is not searched for results that the queue has lost. */
    HISTORY_REFUSED(false),
    /**
     * The rate limits of all workers together are too low for the trainings; and high enough again. Written once per
     * cluster.
     */
    RATE_TOO_LOW(true),
    RATE_RIGHT(true),
    /** A worker was removed as dead by another one, which released its firings. */
    WORKER_LOST(true),
    /** A worker ends because a thread of its scheduler hangs. */
    WORKER_STUCK(true),
    /** The database answers a worker again after an outage of some seconds. */
    DATABASE_BACK(true),
    /** The clocks of a worker's machine and of the database differ too much; and agree again. */
    CLOCK_OFF(true),
    CLOCK_RIGHT(true),
    /** The application's table can no longer be monitored, such as without a required column; and it can again. */
    SCHEMA_BROKEN(true),
    SCHEMA_RIGHT(true),
    /** A search for unmonitored avatars failed; and the first success after that. */
    RECONCILE_FAILED(true),
    RECONCILE_RECOVERED(true),
    /** An operator acted by page, API, command or SQL, including actions that changed nothing. */
    OPERATOR_ACTION(false),
    /** An operator or {@code monitor.cancel-on} requested the cancel of a training at fal. */
    CANCEL_REQUESTED(false),
    /** An operator paused polling; and resumed it, or the pause ended by itself. Each once per cluster. */
    POLLING_PAUSED_BY_OPERATOR(false),
    POLLING_RESUMED_BY_OPERATOR(false);

    private final boolean delivered;

    /** @param delivered whether it goes to the outbox */
    EventType(boolean delivered) {
        this.delivered = delivered;
    }

    /** The value in column {@code type}. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether it is an end of a training as reported by fal. */
    public boolean endsTraining() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /** Returns whether it goes to the outbox: as a callback to the application, or for an alert that begins or ends. */
    public boolean isDelivered() {
        return delivered;
    }
}
