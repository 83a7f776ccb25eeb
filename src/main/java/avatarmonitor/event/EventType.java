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
    WORKER_LOST;

    /** The value in column {@code type}. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
