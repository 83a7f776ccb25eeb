package avatarmonitor.web.access;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Rate limit for wrong tokens: after {@value #FAILURES_MAX} within a minute from one address, every token from there is
 * rejected until the minute is over, which slows down guessing. Bounded: addresses beyond {@value #ADDRESSES_MAX} share
 * one limit. Time is an argument, in nanoseconds of {@link System#nanoTime}.
 */
public final class FailedTokens {
    public static final int FAILURES_MAX = 10;
    static final Duration PERIOD = Duration.ofMinutes(1);
    static final int ADDRESSES_MAX = 4_096;

    private static final String OTHERS = "others";

    private final Map<String, Failures> byAddress = new HashMap<>();

    /** Failures of one address since the start of its period. */
    private static final class Failures {
        private final long since;
        private int count;

        private Failures(long since) {
            this.since = since;
        }

        private boolean isOver(long now) {
            return now - since >= PERIOD.toNanos();
        }
    }

    /** Returns how long tokens from this address are still rejected; zero when they are not. */
    public synchronized Duration refusedFor(String address, long now) {
        Failures failures = byAddress.get(key(address));
        return failures == null || failures.isOver(now) || failures.count < FAILURES_MAX
                ? Duration.ZERO
                : PERIOD.minusNanos(now - failures.since);
    }

    public synchronized void failed(String address, long now) {
        if (byAddress.size() >= ADDRESSES_MAX) {
            byAddress.values().removeIf(failures -> failures.isOver(now));
        }
        byAddress.compute(key(address), (key, known) -> known == null || known.isOver(now) ? new Failures(now) : known)
                .count++;
    }

    private String key(String address) {
        return byAddress.containsKey(address) || byAddress.size() < ADDRESSES_MAX ? address : OTHERS;
    }
}
