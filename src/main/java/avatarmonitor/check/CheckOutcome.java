package avatarmonitor.check;

import java.util.Locale;

/** What one check came to; tells the schedule what to do with the trigger. */
public enum CheckOutcome {
    STILL_TRAINING(true),
    /** fal could not be asked: polling pauses, or our own limits are full. */
    WAITING(true),
    /** fal was not asked: it is too early after the last request. No check. */
    PASSED(true),
    /** Retrained: the trigger must get a new window. */
    STARTED_ANEW(true),
    /** The avatar changed under every look that this check took; the next check decides. */
    OVERTAKEN(true),
    /** fal ended the training, and the database refuses to take it: the next check tries again. */
    WRITE_REFUSED(true),
    COMPLETED(false),
    FAILED(false),
    CANCELLED(false),
    /** The row is gone or its status is not TRAINING. */
    NOT_TRAINING(false),
    INVALID(false),
    GAVE_UP(false),
    WINDOW_EXPIRED(false);

    private final boolean keepsWatching;

    CheckOutcome(boolean keepsWatching) {
        this.keepsWatching = keepsWatching;
    }

    public boolean keepsWatching() {
        return keepsWatching;
    }

    /** Whether the application no longer waits for the training that was checked. */
    public boolean trainingEnded() {
        return this == COMPLETED || this == FAILED || this == CANCELLED || this == NOT_TRAINING;
    }

    /** For programs: lower case with underscores. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For people: lower case, words. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
