package avatarmonitor.bench;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Triggers that are due once in 60 s, spread evenly, with no-op jobs: measures their delay, and the cost of a fire. */
final class Steady implements Measure {
    /** Under load each trigger is observed once; with little load half of them are sufficient. */
    private static final int MEASURED_SECONDS = 60;

    private static final int MEASURED_SECONDS_OF_FEW = 30;

    /**
     * A contestant below this share of due fires falls further behind all the time: its delay then only shows the
     * length of the measurement.
     */
    private static final double CARRIED = 0.97;

    /** With fewer triggers the load is low, and the indexes make no visible difference. */
    private static final int LARGE = 100_000;

    private final int triggers;
    private final boolean far;

    Steady(int triggers, boolean far) {
        this.triggers = triggers;
        this.far = far;
    }

    @Override
    public String name() {
        return "steady_" + triggers + (far ? "_1ms_away" : "");
    }

    @Override
    public boolean quick() {
        return false;
    }

    @Override
    public void run(Bench bench) throws Exception {
        Set<Kind> running = EnumSet.copyOf(Kind.SCHEDULERS);
        if (triggers >= LARGE && far) {
            running.remove(Kind.STOCK_QUARTZ);
            bench.note("%s: without stock-quartz, which cannot carry so many without the network either.", name());
        } else if (triggers >= LARGE) {
            running.add(Kind.AVATAR_MONITOR_STOCK_INDEXES);
        }
        for (int round = 1; round <= bench.options().rounds(); round++) {
            for (Kind kind : bench.options().of(running)) {
                int measured = triggers >= LARGE ? MEASURED_SECONDS : MEASURED_SECONDS_OF_FEW;
                Trial trial = Trial.of(kind, Order.Task.STEADY, triggers, measured);
                Figures figures = bench.run(far ? trial.fromFar() : trial).get(0);
                double share = figures.get("share_of_due");
                bench.progress(
                        name(),
                        round,
                        kind.label(),
                        "late p50 %.0f p99 %.0f max %.0f ms, fired %.1f %% of what was due",
                        figures.get("late_p50_ms"),
                        figures.get("late_p99_ms"),
                        figures.get("late_max_ms"),
                        100 * share);
                if (share < CARRIED) {
                    bench.note(
                            "%s: %s cannot carry it, it fired %.1f %% of what was due.",
                            name(), kind.label(), 100 * share);
                    running.remove(kind);
                } else {
                    add(bench.results(), kind.label(), figures);
                }
            }
        }
    }

    private void add(Results results, String contestant, Figures figures) {
        for (String late : List.of("late_p50", "late_p95", "late_p99", "late_max", "early_max")) {
            results.add(name() + "_" + late, contestant, figures.get(late + "_ms"), "ms");
        }
        results.add(name() + "_statements_per_fire", contestant, figures.get("statements_per_fire"), "statements");
        results.add(name() + "_commits_per_fire", contestant, figures.get("commits_per_fire"), "commits");
        results.add(name() + "_wal_per_fire", contestant, figures.get("wal_bytes_per_fire"), "bytes");
    }
}
