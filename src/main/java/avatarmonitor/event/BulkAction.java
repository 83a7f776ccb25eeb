package avatarmonitor.event;

import java.util.Locale;

/** Actions on many avatars. */
public enum BulkAction {
    CHECK,
    MONITOR,
    UNMONITOR,
    /** Cancels the trainings at fal. */
    CANCEL;

    /** Name for programs. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
