package avatarmonitor.web;

import avatarmonitor.web.Route.Lane;
import java.time.Duration;
import java.util.Map;

/** The threads for each lane in which somebody has to wait: full ones of one lane hold up no other. */
final class Desks {
    private static final int READING_THREADS = 2;
    private static final int ACTING_THREADS = 2;
    private static final int WAITING_CALLS_MAX = 64;

    private final Map<Lane, Desk> desks = Map.of(
            Lane.READING, new Desk("http-read", READING_THREADS, WAITING_CALLS_MAX),
            Lane.ACTING, new Desk("http-act", ACTING_THREADS, WAITING_CALLS_MAX),
            Lane.WEBHOOK, new Desk("http-webhook", 1, WAITING_CALLS_MAX),
            Lane.HEALTH, new Desk("http-health", 1, WAITING_CALLS_MAX));

    private final Desk looking = new Desk("http-look", 1, 1);

    /** For looks at the worker's own health, of which one hangs at most. */
    Desk looking() {
        return looking;
    }

    /** Takes work of a lane that has threads; false when too much is waiting already. */
    boolean take(Lane lane, Runnable work) {
        Desk desk = desks.get(lane);
        if (desk == null) {
            throw new IllegalStateException("nobody works in lane " + lane);
        }
        return desk.take(work);
    }

    /** Takes nothing more; what was taken is done. */
    void stop() {
        desks.values().forEach(Desk::stop);
        looking.stop();
    }

    /** Waits at most this long for the end of what was taken. */
    void awaitEnd(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (Desk desk : desks.values()) {
            desk.awaitEnd(Duration.ofNanos(deadline - System.nanoTime()));
        }
        looking.awaitEnd(Duration.ofNanos(deadline - System.nanoTime()));
    }
}
