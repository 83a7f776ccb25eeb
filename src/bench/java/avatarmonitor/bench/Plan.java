package avatarmonitor.bench;

import java.util.List;
import java.util.Optional;

/**
 * Number of machines like this one for a number of avatars, from the results of the same run: arithmetic, not a
 * measurement. The capacity of one worker and one database is what they did here while they shared the processors with
 * each other and with the local fal queue; half of it is reserved for the loss of a machine and for catching up.
 */
final class Plan implements Measure {
    private static final List<Integer> AVATARS = List.of(100_000, 1_000_000, 10_000_000);
    private static final double USED_AT_MOST = 0.5;
    private static final double INTERVAL_SECONDS = 60;
    private static final String OWN = Kind.AVATAR_MONITOR.label();
    private static final String CHECKS = "checks_most_per_second";
    private static final String FIRES = "noop_fires_per_second_100000";
    private static final String LOG = "checks_100000_wal_per_check";

    @Override
    public String name() {
        return "plan";
    }

    @Override
    public boolean quick() {
        return false;
    }

    @Override
    public void run(Bench bench) {
        Results results = bench.results();
        Optional<Double> checks = results.median(CHECKS, OWN);
        Optional<Double> fires = results.median(FIRES, OWN);
        Optional<Double> log = results.median(LOG, OWN);
        if (checks.isEmpty() || fires.isEmpty() || log.isEmpty()) {
            bench.note("plan: needs %s, %s and %s in the same run.", CHECKS, FIRES, LOG);
            return;
        }
        for (int avatars : AVATARS) {
            double perSecond = avatars / INTERVAL_SECONDS;
            String name = name() + "_" + avatars;
            results.add(name + "_checks_per_second", OWN, perSecond, "checks");
            results.add(name + "_workers", OWN, machines(perSecond, checks.get()), "machines");
            results.add(name + "_databases", OWN, machines(perSecond, fires.get()), "machines");
            results.add(name + "_wal", OWN, perSecond * log.get() / 1e6, "MB each second");
        }
    }

    private static double machines(double needed, double carried) {
        return Math.ceil(needed / (carried * USED_AT_MOST));
    }
}
