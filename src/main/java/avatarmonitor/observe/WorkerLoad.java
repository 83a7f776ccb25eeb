package avatarmonitor.observe;

import avatarmonitor.inspect.LoadCounts;
import java.time.Duration;
import java.util.Optional;

/**
 * Load of one worker: check delay and requests to fal, of the last minute and as counts that have not been written to
 * {@code avatar_monitor_load} yet. Thread-safe.
 */
final class WorkerLoad {
    /** Delay from which a check is counted in {@code avatar_monitor_load.late_fires}. */
    private static final Duration DELAYED_CHECK_MIN = Duration.ofSeconds(10);

    private final Lateness lateness = new Lateness();
    private final RecentRequests requests = new RecentRequests();
    private LoadCounts unwritten = LoadCounts.NONE;

    void fired(Duration late) {
        lateness.record(late);
        long millis = Math.max(0, late.toMillis());
        add(new LoadCounts(1, millis, millis, late.compareTo(DELAYED_CHECK_MIN) > 0 ? 1 : 0, 0, 0));
    }

    /** Counts a request to fal; {@code code} as in {@link RecentRequests#add}. */
    void asked(String code) {
        requests.add(code, System.nanoTime());
        add(new LoadCounts(0, 0, 0, 0, 1, RecentRequests.isAnswer(code) ? 1 : 0));
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
    synchronized LoadCounts take() {
        LoadCounts taken = unwritten;
        unwritten = LoadCounts.NONE;
        return taken;
    }

    synchronized void add(LoadCounts more) {
        unwritten = unwritten.plus(more);
    }
}
