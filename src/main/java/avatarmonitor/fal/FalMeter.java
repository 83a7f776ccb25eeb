package avatarmonitor.fal;

import java.time.Duration;

/** Metrics of requests to fal; called on the thread that made the request. Must return at once and never throw. */
public interface FalMeter {
    /**
     * A request is over.
     *
     * @param code the HTTP status, or one word for why there is none: {@code timeout}, {@code connection}, {@code
     *     malformed}...
     */
    void asked(String code, Duration took);
}
