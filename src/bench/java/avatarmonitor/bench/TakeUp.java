package avatarmonitor.bench;

import java.util.Map;

/**
 * Unmonitored avatars, with empty schedule tables: measures how soon the command {@code reconcile} has scheduled them.
 */
final class TakeUp implements Measure {
    private static final String OWN = Kind.AVATAR_MONITOR.label();
    private static final int BOX_SECONDS = 300;

    private final int avatars;

    TakeUp(int avatars) {
        this.avatars = avatars;
    }

    @Override
    public String name() {
        return "take_up_" + avatars;
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (int round = 1; round <= bench.options().rounds(); round++) {
            String url = bench.server().create(false);
            try (Trainings trainings = new Trainings(url)) {
                trainings.handOver(avatars);
                bench.server().settle();
                double seconds = reconcile(bench, url);
                long watched = trainings.watched();
                if (watched < avatars) {
                    throw new IllegalStateException("only " + watched + " of " + avatars + " taken up");
                }
                double nothingToDo = reconcile(bench, url);
                bench.results().add(name() + "_in", OWN, seconds - nothingToDo, "s");
                bench.results().add(name() + "_whole_process", OWN, seconds, "s");
                bench.progress(
                        name(),
                        round,
                        OWN,
                        "%,d taken up in %.1f s, of which %.1f s are also needed with nothing to do",
                        watched,
                        seconds,
                        nothingToDo);
            } finally {
                bench.server().drop(url);
            }
        }
        bench.note(
                "%s: the command from the start of its process to its end, less what it takes when all are watched already.",
                name());
    }

    /** Returns the duration in seconds. */
    private static double reconcile(Bench bench, String url) throws Exception {
        long began = System.nanoTime();
        try (Program reconcile =
                Program.start(bench.options().directory(), Map.of("AVATAR_MONITOR_DB_URL", url), "reconcile")) {
            reconcile.awaitEnd(BOX_SECONDS);
        }
        return (System.nanoTime() - began) / 1e9;
    }
}
