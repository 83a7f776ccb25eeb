package avatarmonitor.event;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

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
    FAL_PAUSED,
    FAL_RESUMED,
    WORKER_LOST;

    /** The value in column {@code type}. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<EventType> parse(String column) {
        return Arrays.stream(values()).filter(t -> t.column().equals(column)).findFirst();
    }
}
