package avatarmonitor.testing;

import avatarmonitor.fal.limit.FalLimits;
import avatarmonitor.fal.limit.RateLimit;
import avatarmonitor.fal.limit.RateSlots;
import avatarmonitor.fal.limit.SharedPause;
import java.time.Instant;
import java.util.function.LongSupplier;

/** A rate limit of this process alone, by its monotonic clock. */
public final class LocalRateLimit implements RateLimit {
    private final int requestsPerSecond;
    private final LongSupplier nanoTime;
    private final long began;
    private RateSlots slots = RateSlots.free(Instant.EPOCH);

    public LocalRateLimit(int requestsPerSecond, LongSupplier nanoTime) {
        this.requestsPerSecond = requestsPerSecond;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
    }

    /** Limits of requests and pauses that no other process shares. */
    public static FalLimits alone(int requestsPerSecond) {
        return new FalLimits(new LocalRateLimit(requestsPerSecond, System::nanoTime), SharedPause.NONE, type -> false);
    }

    @Override
    public synchronized Grant reserve(int wanted, Lane lane) {
        Instant now = Instant.EPOCH.plusNanos(nanoTime.getAsLong() - began);
        RateSlots.Reserved reserved = slots.reserve(now, wanted, requestsPerSecond, lane);
        slots = reserved.slots();
        return reserved.grant();
    }
}
