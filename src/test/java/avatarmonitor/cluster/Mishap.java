package avatarmonitor.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One fault of a run.
 *
 * @param member affected worker; all of them when the kind concerns the server or fal
 * @param at since the beginning of the run
 * @param lasts until it is over: the worker starts again, the network works again
 */
record Mishap(Kind kind, int member, Duration at, Duration lasts) {
    enum Kind {
        KILL(true, 3, 0, 1_000),
        FREEZE(true, 2, 1_000, 20_000),
        STOP(true, 2, 0, 1_000),
        BLACK_HOLE(true, 2, 1_000, 20_000),
        CUT(true, 2, 0, 1),
        SLOW_NETWORK(true, 1, 1_000, 5_000),
        SERVER_RESTART(false, 1, 500, 10_000),
        FAL_SLOW(false, 1, 1_000, 10_000),
        FAL_BROKEN(false, 1, 500, 3_000),
        FAL_LIMITS(false, 1, 500, 1_500);

        private final boolean ofOneWorker;
        private final int weight;
        private final int leastMillis;
        private final int mostMillis;

        Kind(boolean ofOneWorker, int weight, int leastMillis, int mostMillis) {
            this.ofOneWorker = ofOneWorker;
            this.weight = weight;
            this.leastMillis = leastMillis;
            this.mostMillis = mostMillis;
        }
    }

    /** Time between two faults of the same worker, in which it can restart. */
    private static final Duration BREATH = Duration.ofSeconds(5);

    /**
     * Draws a run from a seed; the same seed yields the same faults. They overlap, but never two of the same worker or
     * two of the whole cluster.
     *
     * @param longest maximum duration of a fault
     */
    static List<Mishap> draw(long seed, int members, Duration run, Duration pause, Duration longest) {
        Random random = new Random(seed);
        Duration[] free = new Duration[members + 1];
        Arrays.fill(free, Duration.ZERO);
        List<Mishap> drawn = new ArrayList<>();
        Duration at = Duration.ZERO;
        while (true) {
            at = at.plusMillis(pause.toMillis() / 2 + random.nextLong(pause.toMillis()));
            Kind kind = kind(random);
            int member = kind.ofOneWorker ? random.nextInt(members) : members;
            long most = Math.min(kind.mostMillis, Math.max(kind.leastMillis + 1, longest.toMillis()));
            Duration lasts = Duration.ofMillis(kind.leastMillis + random.nextLong(most - kind.leastMillis));
            if (at.plus(lasts).compareTo(run) > 0) {
                return drawn;
            }
            if (free[member].compareTo(at) <= 0) {
                drawn.add(new Mishap(kind, member, at, lasts));
                free[member] = at.plus(lasts).plus(BREATH);
            }
        }
    }

    private static Kind kind(Random random) {
        int sum = 0;
        for (Kind kind : Kind.values()) {
            sum += kind.weight;
        }
        int drawn = random.nextInt(sum);
        for (Kind kind : Kind.values()) {
            drawn -= kind.weight;
            if (drawn < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("weights do not add up to " + sum);
    }
}
