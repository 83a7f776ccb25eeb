package avatarmonitor.emulator.scenario;

/**
 * Effect of a cancel request (docs/fal-contract.md section 3: fal documents several possibilities, so clients must
 * accept all of them).
 *
 * @param inQueue effect while the request waits
 * @param inProgress effect while it runs
 * @param accepted answer to an accepted cancel
 * @param tooLate answer to a cancel of a finished request
 */
public record Cancelling(Effect inQueue, Effect inProgress, Accepted accepted, TooLate tooLate) {

    /** Effect on the request. */
    public enum Effect {
        /** Ends at once: COMPLETED with {@code client_cancelled}, result 499. */
        ENDS,
        /** The request is unknown from then on: 404. */
        REMOVED,
        /** The request goes on and ends as if it had not been cancelled. */
        IGNORED
    }

    /** Answers to an accepted cancel. */
    public enum Accepted {
        /** 202 {@code {"status":"CANCELLATION_REQUESTED"}}. */
        REQUESTED,
        /** 200 {@code {"status":"OK"}}. */
        OK,
        /** 200 {@code {"success":true}}. */
        SUCCESS
    }

    /** Answers to a cancel that comes too late, both with code 400. */
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
