package avatarmonitor.demo;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The worker processes of the demo: one at a time, all with the same settings. */
final class Workers implements AutoCloseable {
    private final DemoDirectory directory;
    private final Map<String, String> settings;
    private @Nullable WorkerProcess process;
    private int starts;

    Workers(DemoDirectory directory, LocalFal fal) {
        this.directory = directory;
        this.settings = settings(directory, fal);
    }

    /** Settings with short intervals, so that half a minute shows what otherwise takes hours. */
    private static Map<String, String> settings(DemoDirectory directory, LocalFal fal) {
        return Map.ofEntries(
                Map.entry("AVATAR_MONITOR_DB_URL", directory.databaseUrl()),
                Map.entry("AVATAR_MONITOR_WORKER_NAME", "demo"),
                Map.entry("AVATAR_MONITOR_FAL_BASE_URL", fal.address().toString()),
                Map.entry("AVATAR_MONITOR_FAL_KEY", fal.key()),
                Map.entry("AVATAR_MONITOR_TRAININGS_PORTRAIT_ENDPOINT", DemoAvatars.PORTRAIT_ENDPOINT),
                Map.entry("AVATAR_MONITOR_TRAININGS_STYLE_ENDPOINT", DemoAvatars.STYLE_ENDPOINT),
                Map.entry("AVATAR_MONITOR_FAL_REQUESTS_PER_SECOND", "100"),
                Map.entry("AVATAR_MONITOR_MONITOR_INTERVAL", "1s"),
                Map.entry("AVATAR_MONITOR_MONITOR_WINDOW", "10s"),
                Map.entry("AVATAR_MONITOR_MONITOR_MAX_AGE", DemoAvatars.MAX_AGE.toSeconds() + "s"),
                Map.entry("AVATAR_MONITOR_MONITOR_NOT_FOUND_GRACE", "3s"),
                Map.entry("AVATAR_MONITOR_RECONCILE_INTERVAL", "2s"),
                Map.entry("AVATAR_MONITOR_RECONCILE_RETRY_DELAY", "1s"),
                Map.entry("AVATAR_MONITOR_CLUSTER_CHECK_IN_INTERVAL", "500ms"));
    }

    synchronized void start() {
        process = WorkerProcess.start(directory, settings);
        starts++;
    }

    synchronized long pid() {
        return running().pid();
    }

    synchronized int restarts() {
        return Math.max(0, starts - 1);
    }

    /** Returns whether the worker ended without having been killed. */
    synchronized boolean died() {
        return process != null && !process.isAlive();
    }

    /** Kills the worker with SIGKILL. */
    synchronized void kill() throws InterruptedException {
        running().kill();
        process = null;
    }

    /** Stops the worker with SIGTERM; returns whether it ended in order and in time. */
    synchronized boolean stop(Duration timeout) throws InterruptedException {
        boolean orderly = running().stop(timeout);
        if (orderly) {
            process = null;
        }
        return orderly;
    }

    private WorkerProcess running() {
        if (process == null) {
            throw new IllegalStateException("no worker runs");
        }
        return process;
    }

    /** Kills the worker if it still runs. */
    @Override
    public synchronized void close() {
        WorkerProcess left = process;
        process = null;
        if (left != null) {
            try {
                left.kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
