package avatarmonitor.fal.limit;

import avatarmonitor.fal.limit.RateLimit.Grant;
import avatarmonitor.fal.limit.RateLimit.Lane;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Reservations of a rate limit: the generic cell rate algorithm (GCRA) without a burst. Pure; a {@link RateLimit}
 * stores it where all processes that share the limit can read it.
 *
 * <p>No slot is returned: those of a process that dies stay unused, and no other process waits for them.
 *
 * @param nextAt first slot that is free for checks; in the past while the limit is not used up
 * @param operatorNextAt first slot that is free for operators. A small share of the limit is reserved for them; checks
 *     are delayed accordingly, so the total is unchanged
 */
public record RateSlots(Instant nextAt, Instant operatorNextAt) {
    /** How far ahead slots are reserved: the maximum wait of a request. */
    public static final Duration HORIZON = Duration.ofSeconds(5);

    /** Share of the limit that is reserved for operators. */
    static final double OPERATOR_SHARE = 0.05;

    /** Maximum of one reservation, so that a worker with many checks does not take the whole next second. */
    static final Duration RESERVATION_MAX = Duration.ofMillis(500);

    /** A slot further ahead was written by a wrong clock and is ignored. */
    private static final Duration PLAUSIBLE_AHEAD = Duration.ofMinutes(2);

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
     * Reserves up to {@code wanted} slots.
     *
     * @param now by the clock of all processes that share the limit
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
        return at.isAfter(now) && at.isBefore(now.plus(PLAUSIBLE_AHEAD)) ? at : now;
    }

    private static long nanos(Instant from, Instant to) {
        return ChronoUnit.NANOS.between(from, to);
    }
}
