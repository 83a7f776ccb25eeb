package avatarmonitor.fal.limit;

import avatarmonitor.fal.limit.RateLimit.Grant;
import avatarmonitor.fal.limit.RateLimit.Lane;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What is reserved of a rate limit: the generic cell rate algorithm (GCRA) without a burst. Pure; {@link RateLimit}s
 * keep it where all who share it can reach it.
 *
 * <p>Nothing is given back: the reserved times of a process that dies stay unused; no other process waits for them.
 *
 * @param nextAt first time that is free for checks; in the past while the limit is not used up
 * @param operatorNextAt first time that is free for operators. They have a small part of the limit to themselves, for
 *     which checks wait accordingly longer afterwards, so that the sum stays
 */
public record RateSlots(Instant nextAt, Instant operatorNextAt) {
    /** How far ahead times are reserved: so long does a request wait at most. */
    public static final Duration HORIZON = Duration.ofSeconds(5);

    /** Part of the limit that operators need not wait for checks for. */
    static final double OPERATOR_SHARE = 0.05;

    /** Most that one reservation takes, in time: a worker with many checks must not take all of the next seconds. */
    static final Duration RESERVATION_MAX = Duration.ofMillis(500);

    /** Nothing is reserved further ahead: such a time was written by a clock that was wrong. */
    private static final Duration SANE = Duration.ofMinutes(2);

    /**
     * A reservation.
     *
     * @param slots what is reserved afterwards
     */
    public record Reserved(RateSlots slots, Grant grant) {}

    /** Nothing is reserved. */
    public static RateSlots free(Instant now) {
        return new RateSlots(now, now);
    }

    /**
     * Reserves up to {@code wanted} times.
     *
     * @param now by the clock that all who share the limit go by
     */
    public Reserved reserve(Instant now, int wanted, int requestsPerSecond, Lane lane) {
        long step = 1_000_000_000L / requestsPerSecond;
        Instant base = reserved(nextAt, now);
        Instant operatorBase = reserved(operatorNextAt, now);
        if (lane == Lane.OPERATOR && operatorBase.isBefore(base)) {
            if (operatorBase.isAfter(now.plus(HORIZON))) {
                return new Reserved(this, new Grant(0, 0, step));
            }
            RateSlots after =
                    new RateSlots(base.plusNanos(step), operatorBase.plusNanos(Math.round(step / OPERATOR_SHARE)));
            return new Reserved(after, new Grant(1, nanos(now, operatorBase), step));
        }
        long free = Math.floorDiv(nanos(base, now.plus(HORIZON)), step) + 1;
        long most = Math.max(1, RESERVATION_MAX.toNanos() / step);
        int count = (int) Math.max(0, Math.min(Math.min(wanted, most), free));
        return new Reserved(
                new RateSlots(base.plusNanos(count * step), operatorNextAt), new Grant(count, nanos(now, base), step));
    }

    private static Instant reserved(Instant at, Instant now) {
        return at.isAfter(now) && at.isBefore(now.plus(SANE)) ? at : now;
    }

    private static long nanos(Instant from, Instant to) {
        return ChronoUnit.NANOS.between(from, to);
    }
}
