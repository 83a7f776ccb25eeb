package avatarmonitor.emulator;

import java.time.Duration;

/**
 * How the platform API lists a request (docs/fal-contract.md, "Platform API").
 *
 * @param delay how long after an end the list still shows the request as running
 * @param kept what the list has of it
 */
public record Listing(Duration delay, Kept kept) {

    /** What the list has of a request. */
    public enum Kept {
        FULL,
        /** The request, but no payloads. */
        NO_PAYLOADS,
        /** Nothing: a gap. */
        MISSING
    }

    /** At once, with payloads. */
    public static Listing standard() {
        return new Listing(Duration.ZERO, Kept.FULL);
    }
}
