package avatarmonitor.event;

import java.util.Locale;

/** Types of events, stored in lower case. */
public enum EventType {
    WATCHING,
    RESTORED,
    /** An operator stopped monitoring. */
    UNWATCHED,
    COMPLETED,
    FAILED,
    CANCELLED,
    WINDOW_EXPIRED,
    STALLED,
    /** The deadline of one training, set by an operator, passed without an end; it is not monitored again. */
    TIMED_OUT,
    /** An operator changed window, interval, deadline or priority of one training. */
    OVERRIDDEN,
    GAVE_UP,
    INVALID,
    SUPERSEDED,
    REPAIRED,
    REPAIR_RUNAWAY,
    /**
     * The database refuses the end of a training: one for each training and cause. Raises an alert when it continues.
     */
    WRITE_REFUSED,
    FAL_PAUSED,
    FAL_RESUMED,
    /** fal reports that a training is over and refuses to return its result. */
    RESULT_REFUSED,
    /** fal does not have a configured application; and it has all of them again. */
    ENDPOINT_UNKNOWN,
    ENDPOINT_KNOWN,
    /** fal's platform API refuses the key or is unavailable: it is not searched for results that the queue has lost. */
    HISTORY_REFUSED,
    /**
     * The rate limits of all workers together are too low for the trainings; and high enough again. Written once per
     * cluster.
     */
    RATE_TOO_LOW,
    RATE_RIGHT,
    /** A worker was removed as dead by another one, which released its firings. */
    WORKER_LOST,
    /** A worker ends because a thread of its scheduler hangs. */
    WORKER_STUCK,
    /** The database answers a worker again after an outage of some seconds. */
    DATABASE_BACK,
    /** The clocks of a worker's machine and of the database differ too much; and agree again. */
    CLOCK_OFF,
    CLOCK_RIGHT,
    /** The application's table can no longer be monitored, such as without a required column; and it can again. */
    SCHEMA_BROKEN,
    SCHEMA_RIGHT,
    /** A search for unmonitored avatars failed; and the first success after that. */
    RECONCILE_FAILED,
    RECONCILE_RECOVERED,
    /** An operator acted by page, API, command or SQL, including actions that changed nothing. */
    OPERATOR_ACTION,
    /** An operator or {@code monitor.cancel-on} requested the cancel of a training at fal. */
    CANCEL_REQUESTED,
    /** An operator paused polling; and resumed it, or the pause ended by itself. Each once per cluster. */
    POLLING_PAUSED_BY_OPERATOR,
    POLLING_RESUMED_BY_OPERATOR;

    /** The value in column {@code type}. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether it is an end of a training as reported by fal. */
    public boolean endsTraining() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /** Returns whether it goes to the outbox: as a callback to the application, or for an alert that begins or ends. */
    public boolean isTold() {
        return switch (this) {
            case COMPLETED,
                    FAILED,
                    CANCELLED,
                    STALLED,
                    TIMED_OUT,
                    GAVE_UP,
                    REPAIR_RUNAWAY,
                    FAL_PAUSED,
                    FAL_RESUMED,
                    RESULT_REFUSED,
                    ENDPOINT_UNKNOWN,
                    ENDPOINT_KNOWN,
                    RATE_TOO_LOW,
                    RATE_RIGHT,
                    WORKER_LOST,
                    WORKER_STUCK,
                    DATABASE_BACK,
                    CLOCK_OFF,
                    CLOCK_RIGHT,
                    SCHEMA_BROKEN,
                    SCHEMA_RIGHT,
                    RECONCILE_FAILED,
                    RECONCILE_RECOVERED -> true;
            case HISTORY_REFUSED,
                    WATCHING,
                    RESTORED,
                    UNWATCHED,
                    WINDOW_EXPIRED,
                    OVERRIDDEN,
                    INVALID,
                    SUPERSEDED,
                    REPAIRED,
                    WRITE_REFUSED,
                    OPERATOR_ACTION,
                    CANCEL_REQUESTED,
                    POLLING_PAUSED_BY_OPERATOR,
                    POLLING_RESUMED_BY_OPERATOR -> false;
        };
    }
}
