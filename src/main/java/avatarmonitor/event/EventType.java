package avatarmonitor.event;

import java.util.Locale;

/** What can happen that an operator may want to read later; stored in lower case. */
public enum EventType {
    WATCHING,
    RESTORED,
    /** An operator ended the watch. */
    UNWATCHED,
    COMPLETED,
    FAILED,
    CANCELLED,
    WINDOW_EXPIRED,
    STALLED,
    GAVE_UP,
    INVALID,
    SUPERSEDED,
    REPAIRED,
    REPAIR_RUNAWAY,
    /** The database refuses the end of a training: one for each training and cause. People are told when it goes on. */
    WRITE_REFUSED,
    FAL_PAUSED,
    FAL_RESUMED,
    /** fal says that a training is over and refuses to give its result. */
    RESULT_REFUSED,
    /** fal does not have a configured application; and it has all of them again. */
    ENDPOINT_UNKNOWN,
    ENDPOINT_KNOWN,
    /** fal's platform API refuses the key or is not there: results that the queue has lost are not looked for in it. */
    HISTORY_REFUSED,
    /** The rate limits of the workers together are too low for the trainings; and enough again. Told once for the whole cluster. */
    RATE_TOO_LOW,
    RATE_RIGHT,
    /** A worker was taken for dead by another one, which gave back what it held. */
    WORKER_LOST,
    /** A worker ends because a thread of its scheduler hangs. */
    WORKER_STUCK,
    /** The database answers a worker again that it had not answered for some seconds. */
    DATABASE_BACK,
    /** The clock of a worker's machine and the database's differ too much. */
    CLOCK_OFF,
    CLOCK_RIGHT,
    /** The application's table can no longer be monitored, such as without a required column; and it can again. */
    SCHEMA_BROKEN,
    SCHEMA_RIGHT,
    /** A search for unmonitored avatars failed; and the first one that did not, after that. */
    RECONCILE_FAILED,
    RECONCILE_RECOVERED,
    /** An operator acted by page, API, command or SQL; also when it changed nothing. */
    OPERATOR_ACTION;

    /** The value in column {@code type}. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether fal ended a training. */
    public boolean endsTraining() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /** Whether it is delivered: to the application, or to people because something critical begins or ends. */
    public boolean isTold() {
        return switch (this) {
            case COMPLETED,
                    FAILED,
                    CANCELLED,
                    STALLED,
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
                    INVALID,
                    SUPERSEDED,
                    REPAIRED,
                    WRITE_REFUSED,
                    OPERATOR_ACTION -> false;
        };
    }
}
