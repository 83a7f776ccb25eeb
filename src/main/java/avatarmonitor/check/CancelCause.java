package avatarmonitor.check;

import java.util.Locale;

/** Setting {@code monitor.cancel-on}: events after which a training is cancelled at fal. */
public enum CancelCause {
    /** Monitoring ended after too many failures in a row. */
    GAVE_UP,
    /** The training is older than {@code monitor.max-age}. */
    STALLED;

    /** Value in the column {@code type} of an event. */
    public String event() {
        return name().toLowerCase(Locale.ROOT);
    }
}
