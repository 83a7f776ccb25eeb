package avatarmonitor.testing;

import java.util.Random;

/** Seed of a random run, printed so that the run can be repeated. */
public final class Seed {
    private Seed() {}

    /** Returns whether one run is to be repeated, by {@code -Dchaos.seed}. */
    public static boolean isGiven() {
        return !System.getProperty("chaos.seed", "").isEmpty();
    }

    /** Returns the seed of {@code -Dchaos.seed}, or a new one. */
    public static long given() {
        String given = System.getProperty("chaos.seed", "");
        long seed = given.isEmpty() ? new Random().nextInt(Integer.MAX_VALUE) : Long.parseLong(given);
        System.out.println("play this run again with -Dchaos.seed=" + seed);
        return seed;
    }
}
