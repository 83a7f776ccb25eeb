package avatarmonitor.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** All workers were down for an hour and every avatar is overdue: measures how soon each is checked, and how evenly. */
final class CatchUp implements Measure {
    private static final String OWN = Kind.AVATAR_MONITOR.label();
    private static final Duration DOWN = Duration.ofHours(1);
    private static final int BOX_SECONDS = 240;

    private final int avatars;

    CatchUp(int avatars) {
        this.avatars = avatars;
    }

    @Override
    public String name() {
        return "catch_up_" + avatars;
    }

    @Override
    public boolean quick() {
        return false;
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (int round = 1; round <= bench.options().rounds(); round++) {
            String url = bench.server().create(false);
            try (LocalFal fal = LocalFal.start(bench.options().directory(), avatars, LocalFal.ANSWER_MILLIS);
                    Trainings trainings = new Trainings(url)) {
                trainings.handOver(avatars);
                trainings.leaveOverdue(avatars, DOWN);
                bench.server().settle();
                try (WatchingWorker worker =
                        WatchingWorker.start(bench.options().directory(), url, fal, Map.of())) {
                    measure(bench, round, trainings, worker);
                }
            } finally {
                bench.server().drop(url);
            }
        }
    }

    private void measure(Bench bench, int round, Trainings trainings, WatchingWorker worker) throws Exception {
        bench.note(
                "%s: worker with %s; counted from the moment it says that it has started.",
                name(), WatchingWorker.load());
        List<Double> perSecond = new ArrayList<>();
        long started = System.nanoTime();
        double before = worker.checks();
        long checked = 0;
        while (checked < avatars && perSecond.size() < BOX_SECONDS) {
            long due = started + TimeUnit.SECONDS.toNanos(perSecond.size() + 1L);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            double now = worker.checks();
            perSecond.add(now - before);
            before = now;
            checked = trainings.checked(1);
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        double mean =
                perSecond.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        double most = perSecond.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        if (checked < avatars) {
            bench.note("%s: only %,d avatars were checked after %d s.", name(), checked, BOX_SECONDS);
        } else {
            bench.results().add(name() + "_all_checked_in", OWN, seconds, "s");
            bench.results().add(name() + "_per_second", OWN, avatars / seconds, "checks/s");
        }
        bench.results().add(name() + "_max_to_mean", OWN, most / mean, "×");
        bench.progress(
                name(),
                round,
                OWN,
                "%,d checked in %.0f s, max to mean per second %.2f",
                checked,
                seconds,
                most / mean);
    }
}
