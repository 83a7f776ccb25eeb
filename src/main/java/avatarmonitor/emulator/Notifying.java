package avatarmonitor.emulator;

import java.time.Duration;

/**
 * How the webhook of a request is sent (docs/fal-contract.md section 4). Matters only when the request has a webhook.
 *
 * @param copies 1 as usual, 0 for a lost webhook, 2 or more for a repeated one
 * @param delay how long after the end it is sent first
 * @param signature how it is signed
 * @param payload what it carries
 */
public record Notifying(int copies, Duration delay, Signature signature, Payload payload) {

    /** How a webhook is signed. */
    public enum Signature {
        GOOD,
        /** Well formed, but made with a key that the JWKS does not hold. */
        BAD,
        /** None of the four headers. */
        MISSING,
        /** Right, but with a timestamp of ten minutes ago. */
        STALE
    }

    /** What a webhook carries. */
    public enum Payload {
        /** The body of the result. */
        FULL,
        /** {@code payload} null and a {@code payload_error}: the receiver has to fetch the result. */
        PAYLOAD_ERROR
    }

    /** Once, at the end, rightly signed, with the result. */
    public static Notifying standard() {
        return new Notifying(1, Duration.ZERO, Signature.GOOD, Payload.FULL);
    }

    public Notifying withSignature(Signature kind) {
        return new Notifying(copies, delay, kind, payload);
    }
}
