package avatarmonitor.observe;

import java.time.Duration;
import java.util.Optional;

/**
 * Load of one worker: check delay and requests to fal, of the last minute and as counts that have not been written to
 * {@code avatar_monitor_load} yet. Thread-safe.
 */
final class WorkerLoad {
    /** A check that starts later than this after its due time is counted as late. */
    private static final Duration LATE = Duration.ofSeconds(10);

    private final Lateness lateness = new Lateness();
    private final RecentRequests requests = new RecentRequests();
    private Counts unwritten = Counts.NONE;

    /**
     * Counts of a span of time.
     *
     * @param fires fires of checks
     * @param delaySumMillis sum of their delays
     * @param lateFires fires more than {@link #LATE} after their due time
     * @param requests requests to fal that ended, with or without an answer
     */
    record Counts(long fires, long delaySumMillis, long delayMaxMillis, long lateFires, long requests, long answered) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

        Counts plus(Counts more) {
            return new Counts(
                    fires + more.fires,
                    delaySumMillis + more.delaySumMillis,
                    Math.max(delayMaxMillis, more.delayMaxMillis),
                    lateFires + more.lateFires,
                    requests + more.requests,
                    answered + more.answered);
        }
    }

    void fired(Duration late) {
        lateness.record(late);
        long millis = Math.max(0, late.toMillis());
        add(new Counts(1, millis, millis, late.compareTo(LATE) > 0 ? 1 : 0, 0, 0));
    }

    /** Counts a request to fal; {@code code} as in {@link RecentRequests#add}. */
    void asked(String code) {
        requests.add(code, System.nanoTime());
        add(new Counts(0, 0, 0, 0, 1, RecentRequests.isAnswer(code) ? 1 : 0));
    }

    /** Percentiles of the check delay of the last minute; empty when nothing fired. */
    Optional<Lateness.Percentiles> lateness() {
        return lateness.recent();
    }

    /** Requests to fal within the last minute. */
    RecentRequests.Snapshot recentRequests() {
        return requests.at(System.nanoTime());
    }

    /** Returns the counts since the last call; when they cannot be written, the caller {@link #add adds} them again. */
    synchronized Counts take() {
        Counts taken = unwritten;
        unwritten = Counts.NONE;
        return taken;
    }

    synchronized void add(Counts more) {
        unwritten = unwritten.plus(more);
    }
}
