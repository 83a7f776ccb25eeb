package avatarmonitor.check.decision;

import java.util.Locale;

/** Outcome of one check; determines what the schedule does with the trigger. */
public enum CheckOutcome {
    STILL_TRAINING(true),
    /** No request could be sent to fal: polling is paused, or a local limit is reached. */
    WAITING(true),
    /** No request sent: too early after the last one. Does not count as a check. */
    PASSED(true),
    /** Retrained: the trigger must get a new window. */
    STARTED_ANEW(true),
    /** The avatar changed during every attempt of this check; the next check decides. */
    OVERTAKEN(true),
    /** fal ended the training, and the database refuses the write: the next check tries again. */
    WRITE_REFUSED(true),
    COMPLETED(false),
    FAILED(false),
    CANCELLED(false),
    /** The row does not exist or its status is not TRAINING. */
    NOT_TRAINING(false),
    INVALID(false),
    GAVE_UP(false),
    WINDOW_EXPIRED(false),
    /** Its own deadline has passed, and fal still reports no end. */
    TIMED_OUT(false);

    private final boolean keepsMonitoring;

    CheckOutcome(boolean keepsMonitoring) {
        this.keepsMonitoring = keepsMonitoring;
    }

    public boolean keepsMonitoring() {
        return keepsMonitoring;
    }

    /** Returns whether the application no longer waits for the checked training. */
    public boolean trainingEnded() {
        return this == COMPLETED || this == FAILED || this == CANCELLED || this == NOT_TRAINING;
    }

    /** Name for programs: lower case with underscores. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Name for display: lower case with spaces. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
