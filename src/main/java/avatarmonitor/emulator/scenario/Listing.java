package avatarmonitor.emulator.scenario;

import java.time.Duration;

/**
 * Entry of a request in the platform API's list (docs/fal-contract.md, "Platform API").
 *
 * @param delay how long after its end the list still shows the request as running
 * @param kept what the list contains of the request
 */
public record Listing(Duration delay, Kept kept) {

    /** What the list contains of a request. */
    public enum Kept {
        FULL,
        /** The request without payloads. */
        NO_PAYLOADS,
        /** Nothing: a gap in the list. */
        MISSING
    }

    /** Listed at once, with payloads. */
    public static Listing standard() {
        return new Listing(Duration.ZERO, Kept.FULL);
    }
}
