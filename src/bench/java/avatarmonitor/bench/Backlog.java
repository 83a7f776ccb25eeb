package avatarmonitor.bench;

import java.util.Arrays;
import java.util.List;

/** All triggers are due at once and fire once: measures the time from the start of the scheduler to the last fire. */
final class Backlog implements Measure {
    private final String name;
    private final boolean quick;
    private final int triggers;
    private final int workers;
    private final boolean far;
    private final List<Kind> kinds;

    private Backlog(String name, boolean quick, int triggers, int workers, boolean far, List<Kind> kinds) {
        this.name = name;
        this.quick = quick;
        this.triggers = triggers;
        this.workers = workers;
        this.far = far;
        this.kinds = kinds;
    }

    static Backlog ofOneWorker(int triggers) {
        return new Backlog(name(triggers), true, triggers, 1, false, Arrays.asList(Kind.values()));
    }

    static Backlog of(int triggers, int workers) {
        String name = name(triggers) + "_" + workers + "_workers";
        return new Backlog(name, false, triggers, workers, false, Kind.SCHEDULERS);
    }

    static Backlog fromFar(int triggers) {
        return new Backlog(name(triggers) + "_1ms_away", false, triggers, 1, true, Kind.SCHEDULERS);
    }

    private static String name(int triggers) {
        return "noop_fires_per_second_" + triggers;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean quick() {
        return quick;
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (int round = 1; round <= bench.options().rounds(); round++) {
            for (Kind kind : bench.options().of(kinds)) {
                int boxSeconds = bench.options().boxSeconds(kind);
                Trial trial = new Trial(kind, Order.Task.BACKLOG, triggers, workers, far, boxSeconds, Tuning.BEST);
                List<Figures> each = bench.run(trial);
                double fired = sum(each, "fires");
                double seconds = each.stream()
                        .mapToDouble(figures -> figures.get("seconds"))
                        .max()
                        .orElseThrow();
                requireExact(kind, each, fired);
                requireBusy(kind, each, fired);
                if (fired < triggers) {
                    bench.note(
                            "%s: %s did not get through %,d triggers in %d s; its figure is what it fired until then.",
                            name, kind.label(), triggers, boxSeconds);
                }
                double rate = sum(each, "fires_until_end") / seconds;
                bench.results().add(name, kind.label(), rate, "fires/s");
                bench.progress(name, round, kind.label(), "%,.0f fires/s", rate);
            }
        }
    }

    /** A result counts only when nothing was lost, done twice or left behind. */
    private void requireExact(Kind kind, List<Figures> each, double fired) {
        // A contestant stopped halfway may have acquired triggers that fire later.
        boolean clean = each.stream().anyMatch(f -> f.get("counted") == fired && f.get("unfinished") == 0);
        boolean twice = each.stream().anyMatch(f -> f.get("fires") != f.get("distinct"));
        if (twice || fired > triggers || (fired == triggers && !clean)) {
            throw new IllegalStateException(kind.label() + " did not fire each trigger exactly once: " + each);
        }
    }

    /** A contestant that fired nothing got no backlog, or does not work: that is no result. */
    private void requireBusy(Kind kind, List<Figures> each, double fired) {
        if (fired == 0) {
            throw new IllegalStateException(kind.label() + " fired nothing: " + each);
        }
    }

    private static double sum(List<Figures> each, String name) {
        return each.stream().mapToDouble(figures -> figures.get(name)).sum();
    }
}
