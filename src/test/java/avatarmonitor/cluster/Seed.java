package avatarmonitor.cluster;

import java.util.Random;

/** Seed of a random run, printed so that the run can be repeated. */
final class Seed {
    private Seed() {}

    /** Returns the seed of {@code -Dchaos.seed}, or a new one. */
    static long given() {
        String given = System.getProperty("chaos.seed", "");
        long seed = given.isEmpty() ? new Random().nextInt(Integer.MAX_VALUE) : Long.parseLong(given);
        System.out.println("play this run again with -Dchaos.seed=" + seed);
        return seed;
    }
}
