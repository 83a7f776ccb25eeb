package avatarmonitor.fal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Clock that advances only by explicit calls. */
final class SettableClock implements InstantSource {
    private volatile Instant now = Instant.parse("2026-11-22T10:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    void advance(Duration step) {
        now = now.plus(step);
    }
}
