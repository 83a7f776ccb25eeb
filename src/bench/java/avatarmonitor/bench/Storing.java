package avatarmonitor.bench;

import java.util.List;

/** Stores new triggers in tables that were empty before, with each contestant's own code. */
final class Storing implements Measure {
    private static final List<Kind> KINDS =
            List.of(Kind.STOCK_QUARTZ, Kind.AVATAR_MONITOR, Kind.AVATAR_MONITOR_STOCK_INDEXES, Kind.DB_SCHEDULER);

    private final int triggers;

    Storing(Options options) {
        triggers = options.backlog();
    }

    @Override
    public String name() {
        return "bulk_scheduling_per_second";
    }

    @Override
    public boolean quick() {
        return false;
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (int round = 1; round <= bench.options().rounds(); round++) {
            for (Kind kind : bench.options().of(KINDS)) {
                int boxSeconds = bench.options().boxSeconds(kind);
                Figures figures = bench.run(Trial.of(kind, Order.Task.STORE, triggers, boxSeconds))
                        .get(0);
                double rate = figures.get("stored_per_second");
                bench.results().add(name(), kind.label(), rate, "triggers/s");
                bench.progress(name(), round, kind.label(), "%,.0f triggers/s", rate);
            }
        }
        bench.note(
                "%s: %,d triggers, or as many as stock-quartz stored in %d s.",
                name(), triggers, bench.options().boxSeconds(Kind.STOCK_QUARTZ));
    }
}
