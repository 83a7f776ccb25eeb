package avatarmonitor.cluster;

import java.util.Random;

/** Where a random run begins: drawn, and printed so that the run can be played again. */
final class Seed {
    private Seed() {}

    /** The one of {@code -Dchaos.seed}, or a new one. */
    static long given() {
        String given = System.getProperty("chaos.seed", "");
        long seed = given.isEmpty() ? new Random().nextInt(Integer.MAX_VALUE) : Long.parseLong(given);
        System.out.println("play this run again with -Dchaos.seed=" + seed);
        return seed;
    }
}
