package avatarmonitor.bench;

import java.util.List;
import java.util.Map;

/** Finds the fastest settings of the other schedulers, which the other measurements use. */
final class SettingsSearch implements Measure {
    private static final int BOX_SECONDS = 20;
    private static final Map<Kind, List<Integer>> THREADS =
            Map.of(Kind.DB_SCHEDULER, List.of(20, 30, 50), Kind.STOCK_QUARTZ, List.of(20, 50, 100, 200));
    /** Quartz acquires no more than it has free threads. */
    private static final Map<Kind, List<Integer>> BATCHES =
            Map.of(Kind.DB_SCHEDULER, List.of(200, 1_000, 2_000), Kind.STOCK_QUARTZ, List.of(1_000));

    private final int triggers;

    SettingsSearch(Options options) {
        triggers = options.backlog();
    }

    @Override
    public String name() {
        return "settings_search";
    }

    @Override
    public boolean quick() {
        return false;
    }

    @Override
    public boolean byNameOnly() {
        return true;
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (int round = 1; round <= bench.options().rounds(); round++) {
            for (Kind kind : bench.options().of(List.of(Kind.DB_SCHEDULER, Kind.STOCK_QUARTZ))) {
                for (int threads : THREADS.getOrDefault(kind, List.of())) {
                    for (int batch : BATCHES.getOrDefault(kind, List.of())) {
                        measure(bench, round, kind, new Tuning(threads, batch));
                    }
                }
            }
        }
        bench.note(
                "%s: a backlog of %,d for at most %d s, with so many threads and triggers taken at once.",
                name(), triggers, BOX_SECONDS);
    }

    private void measure(Bench bench, int round, Kind kind, Tuning tuning) throws Exception {
        Trial trial = Trial.of(kind, Order.Task.BACKLOG, triggers, BOX_SECONDS).tuned(tuning);
        Figures figures = bench.run(trial).get(0);
        double rate = figures.get("fires_until_end") / figures.get("seconds");
        String settings = name() + "_" + tuning.threadsOrNull() + "_threads_" + tuning.batchOrNull() + "_at_once";
        bench.results().add(settings, kind.label(), rate, "fires/s");
        bench.progress(settings, round, kind.label(), "%,.0f fires/s", rate);
    }
}
