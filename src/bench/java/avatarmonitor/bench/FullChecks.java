package avatarmonitor.bench;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Whole checks by a worker process against a local fal queue in another process: first all avatars are scheduled, then
 * each is checked once a minute.
 */
final class FullChecks implements Measure {
    private static final String OWN = Kind.AVATAR_MONITOR.label();
    private static final int TAKE_UP_SECONDS = 300;
    /** The first interval is skipped, in which code is compiled and the load spreads. */
    private static final int SETTLE_SECONDS = 10;

    private static final int MEASURED_SECONDS = 60;
    private static final int CARRIED_PERCENT = 97;

    private final String name;
    private final int avatars;
    private final int answerMillis;
    private final int intervalSeconds;
    private final Map<String, String> keys;

    private FullChecks(String name, int avatars, int answerMillis, int intervalSeconds, Map<String, String> keys) {
        this.name = name;
        this.avatars = avatars;
        this.answerMillis = answerMillis;
        this.intervalSeconds = intervalSeconds;
        this.keys = keys;
    }

    static FullChecks eachMinute(int avatars) {
        return new FullChecks("checks_" + avatars, avatars, LocalFal.ANSWER_MILLIS, 60, Map.of());
    }

    /** Same, with answers that take four times as long. */
    static FullChecks slowlyAnswered(int avatars) {
        return new FullChecks("checks_" + avatars + "_slow_answers", avatars, 4 * LocalFal.ANSWER_MILLIS, 60, Map.of());
    }

    /** Overload: measures how many checks a second are made all the same. */
    static FullChecks tooMany() {
        Map<String, String> keys =
                Map.of("MONITOR_INTERVAL", "10s", "FAL_TIMEOUT", "5s", "FAL_REQUESTS_PER_SECOND", "10000");
        return new FullChecks("checks_most", 80_000, LocalFal.ANSWER_MILLIS, 10, keys);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean quick() {
        return false;
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (int round = 1; round <= bench.options().rounds(); round++) {
            String url = bench.server().create(false);
            try (LocalFal fal = LocalFal.start(bench.options().directory(), avatars, answerMillis);
                    Trainings trainings = new Trainings(url)) {
                bench.server().countStatements(url);
                trainings.handOver(avatars);
                bench.server().settle();
                try (WatchingWorker worker =
                        WatchingWorker.start(bench.options().directory(), url, fal, keys)) {
                    measure(bench, round, url, trainings, worker);
                }
            } finally {
                bench.server().drop(url);
            }
        }
        bench.note(
                "%s: worker, local fal queue and database on the same processors; lateness as the worker tells it.",
                name());
    }

    private void measure(Bench bench, int round, String url, Trainings trainings, WatchingWorker worker)
            throws Exception {
        Results results = bench.results();
        bench.note("%s: worker with %s and %s", name(), WatchingWorker.load(), keys);
        long beganToTakeUp = System.nanoTime();
        if (!worker.program().await(TAKE_UP_SECONDS, () -> trainings.watched() >= avatars)) {
            bench.note("%s: only %,d avatars were watched after %d s.", name(), trainings.watched(), TAKE_UP_SECONDS);
            return;
        }
        results.add(name() + "_taken_up_in", OWN, (System.nanoTime() - beganToTakeUp) / 1e9, "s");
        rest(intervalSeconds + SETTLE_SECONDS);

        double checksBefore = worker.checks();
        Usage before = Bench.usage(url);
        long started = System.nanoTime();
        rest(MEASURED_SECONDS);
        double seconds = (System.nanoTime() - started) / 1e9;
        double checks = worker.checks() - checksBefore;
        Usage used = Bench.usage(url).since(before);

        double share = 100 * checks / (avatars * seconds / intervalSeconds);
        results.add(name() + "_per_second", OWN, checks / seconds, "checks/s");
        results.add(name() + "_share_of_due", OWN, share, "%");
        if (share < CARRIED_PERCENT) {
            bench.note("%s: not carried; how late checks were says only how long it was watched.", name());
        }
        for (int percentile : new int[] {50, 95, 99}) {
            results.add(name() + "_late_p" + percentile, OWN, (double) trainings.late(percentile), "ms");
        }
        results.add(name() + "_statements_per_check", OWN, used.statements() / checks, "statements");
        results.add(name() + "_commits_per_check", OWN, used.commits() / checks, "commits");
        results.add(name() + "_wal_per_check", OWN, used.walBytes() / checks, "bytes");
        results.add(name() + "_resident", OWN, worker.program().residentMegabytes(), "MB");
        bench.progress(
                name(),
                round,
                OWN,
                "%,.0f checks/s, %.1f %% of what was due, late p99 %d ms",
                checks / seconds,
                share,
                trainings.late(99));
    }

    private static void rest(int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
