package avatarmonitor.emulator.scenario;

import java.time.Duration;

/**
 * Webhook behaviour of a request (docs/fal-contract.md section 4). Applies only when the request has a webhook.
 *
 * @param copies 1 as usual, 0 for a lost webhook, 2 or more for a repeated one
 * @param delay time between the end and the first attempt
 * @param signature kind of signature
 * @param payload content
 */
public record Notifying(int copies, Duration delay, Signature signature, Payload payload) {

    /** Kind of signature. */
    public enum Signature {
        GOOD,
        /** Well formed, but made with a key that the JWKS does not contain. */
        BAD,
        /** Without the four headers. */
        MISSING,
        /** Valid, but with a timestamp of ten minutes ago. */
        STALE
    }

    /** Content of a webhook. */
    public enum Payload {
        /** The body of the result. */
        FULL,
        /** {@code payload} is null and {@code payload_error} is set: the receiver has to fetch the result. */
        PAYLOAD_ERROR
    }

    /** Sent once, at the end, with a valid signature and the result. */
    public static Notifying standard() {
        return new Notifying(1, Duration.ZERO, Signature.GOOD, Payload.FULL);
    }

    public Notifying withSignature(Signature kind) {
        return new Notifying(copies, delay, kind, payload);
    }
}
