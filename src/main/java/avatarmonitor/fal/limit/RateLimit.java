package avatarmonitor.fal.limit;

/**
 * The rate limit of requests to fal. All processes that use the same key share it: a request is sent at a time that
 * was reserved, and the reserved times of all are at least {@code 1 / requests per second} apart.
 */
public interface RateLimit {

    /** Kind of a request. */
    enum Lane {
        /** Checks that are due. */
        CHECK,
        /** An operator's call: does not queue behind all checks. */
        OPERATOR
    }

    /**
     * Times for requests.
     *
     * @param count how many may be sent; 0 when all times of the next {@link RateSlots#HORIZON} are taken
     * @param delayNanos until the first of them; negative when it has passed during the reservation
     * @param stepNanos from one to the next
     */
    record Grant(int count, long delayNanos, long stepNanos) {}

    /**
     * Reserves times for requests, the earliest that are free.
     *
     * @param wanted how many, at least 1; fewer may be granted
     * @throws RuntimeException when nothing can be reserved now, because the shared row is unavailable; nothing is
     *     reserved then
     */
    Grant reserve(int wanted, Lane lane);
}
