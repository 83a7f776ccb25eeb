package avatarmonitor.emulator;

/**
 * What a cancel does (docs/fal-contract.md section 3: fal documents several possibilities, so clients must stand all of them).
 *
 * @param inQueue effect while the request waits
 * @param inProgress effect while it runs
 * @param accepted the answer to a cancel that was taken
 * @param tooLate the answer to a cancel of a finished request
 */
public record Cancelling(Effect inQueue, Effect inProgress, Accepted accepted, TooLate tooLate) {

    /** What becomes of the request. */
    public enum Effect {
        /** It ends at once: COMPLETED with {@code client_cancelled}, result 499. */
        ENDS,
        /** It is unknown from then on: 404. */
        REMOVED,
        /** It goes on and ends as it would have ended. */
        IGNORED
    }

    /** The forms in which a cancel is accepted. */
    public enum Accepted {
        /** 202 {@code {"status":"CANCELLATION_REQUESTED"}}. */
        REQUESTED,
        /** 200 {@code {"status":"OK"}}. */
        OK,
        /** 200 {@code {"success":true}}. */
        SUCCESS
    }

    /** The forms in which a cancel comes too late, both with code 400. */
    public enum TooLate {
        /** {@code {"status":"ALREADY_COMPLETED"}}. */
        STATUS,
        /** {@code {"detail":"Request … is already completed."}}. */
        DETAIL
    }

    /** Ends at once in both phases, with the documented answers. */
    public static Cancelling standard() {
        return new Cancelling(Effect.ENDS, Effect.ENDS, Accepted.REQUESTED, TooLate.STATUS);
    }
}
