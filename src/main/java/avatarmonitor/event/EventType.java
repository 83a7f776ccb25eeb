package avatarmonitor.event;

import java.util.Locale;

/** What can happen that an operator may want to read later; stored in lower case. */
public enum EventType {
    WATCHING,
    RESTORED,
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
    FAL_PAUSED,
    FAL_RESUMED,
    /** A worker was taken for dead by another one, which gave back what it held. */
    WORKER_LOST,
    /** The database answers a worker again that it had not answered for some seconds. */
    DATABASE_BACK,
    /** The clock of a worker's machine and the database's differ too much. */
    CLOCK_OFF,
    CLOCK_RIGHT;

    /** The value in column {@code type}. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
