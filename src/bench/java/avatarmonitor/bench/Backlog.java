package avatarmonitor.bench;

import java.util.Locale;

/** All triggers are due at once and fire once: from the start of the scheduler to the last fire. */
final class Backlog implements Measure {
    private final int triggers;

    Backlog(Options options) {
        triggers = options.backlog();
    }

    @Override
    public String name() {
        return "noop_fires_per_second_" + triggers;
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (int round = 1; round <= bench.options().rounds(); round++) {
            for (Kind kind : Kind.values()) {
                Figures figures = bench.run(
                        kind, Order.Task.BACKLOG, triggers, bench.options().boxSeconds());
                requireExact(bench, kind, figures);
                double rate = figures.get("fires_per_second");
                bench.results().add(name(), kind.label(), rate, "fires/s");
                bench.results()
                        .add("noop_wal_bytes_per_fire", kind.label(), figures.get("wal_bytes_per_fire"), "bytes");
                bench.progress(name(), round, kind.label(), String.format(Locale.ROOT, "%,.0f fires/s", rate));
            }
        }
    }

    /** A fast figure counts only when nothing was lost, done twice or left behind. */
    private void requireExact(Bench bench, Kind kind, Figures figures) {
        double fires = figures.get("fires");
        // Who was stopped in the middle may have taken some that fire later.
        boolean clean = figures.get("counted") == fires && figures.get("unfinished") == 0;
        if (fires != figures.get("distinct") || (fires == triggers && !clean)) {
            throw new IllegalStateException(kind.label() + " did not fire each trigger exactly once: " + figures);
        }
        if (fires < triggers) {
            bench.results()
                    .note(String.format(
                            Locale.ROOT,
                            "%s: %s did not get through %,d triggers in %d s; its figure is what it fired until then.",
                            name(),
                            kind.label(),
                            triggers,
                            bench.options().boxSeconds()));
        }
    }
}
