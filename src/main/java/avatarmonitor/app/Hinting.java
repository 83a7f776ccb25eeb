package avatarmonitor.app;

import avatarmonitor.background.BackgroundService;
import avatarmonitor.background.Deadline;
import avatarmonitor.background.PeriodicTasks;
import avatarmonitor.config.Settings;
import avatarmonitor.fal.FalClient;
import avatarmonitor.hint.EarlyChecks;
import avatarmonitor.hint.Hints;
import avatarmonitor.hint.PlatformApiPoll;
import avatarmonitor.store.StoreException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hints in a worker: the early checks that they trigger, the poller of fal's platform API, and the statistics of both.
 */
final class Hinting implements BackgroundService {
    private static final Logger log = LoggerFactory.getLogger(Hinting.class);

    private final Monitor monitor;
    private final EarlyChecks checks;
    private final @Nullable PlatformApiPoll poll;
    private final PeriodicTasks hintTasks;
    private final PeriodicTasks pollRounds;

    private Hinting(Monitor monitor, EarlyChecks checks, @Nullable PlatformApiPoll poll) {
        this.monitor = monitor;
        this.checks = checks;
        this.poll = poll;
        String worker = monitor.schedule().worker();
        this.hintTasks = new PeriodicTasks(worker, "hint-account");
        this.pollRounds = new PeriodicTasks(worker, "history");
    }

    /** Starts nothing yet. */
    static Hinting of(Settings settings, Monitor monitor) {
        FalClient fal = monitor.fal();
        EarlyChecks checks = new EarlyChecks(
                monitor.database(),
                monitor.avatars(),
                fal::forget,
                monitor.operator()::checkByHint,
                monitor.hints,
                monitor.schedule().worker(),
                EarlyChecks.THREADS);
        PlatformApiPoll poll = fal.usesHistory()
                ? new PlatformApiPoll(
                        fal::ended,
                        FalClient.HISTORY_ENDPOINTS_MAX,
                        monitor.history,
                        settings.trainings(),
                        checks,
                        monitor.hints,
                        monitor.clock)
                : null;
        return new Hinting(monitor, checks, poll);
    }

    EarlyChecks checks() {
        return checks;
    }

    /** Starts polling and statistics, if hints are possible at all: with the platform API or webhooks. */
    void start(Settings settings) {
        if (poll == null && !settings.webhook().enabled()) {
            return;
        }
        monitor.check().onEnded(monitor.hints::polled);
        hintTasks.atOnceAndEvery(Hints.PERIOD, "hints", monitor.hints::judgeDue);
        hintTasks.atOnceAndEvery(EarlyChecks.KEPT_PERIOD, "kept-hints", () -> {
            if (monitor.fal().paused().isEmpty()) {
                checks.checkKept();
            }
        });
        if (poll != null) {
            PlatformApiPoll polling = poll;
            pollRounds.every(PlatformApiPoll.PERIOD, "history", () -> {
                if (!monitor.operatorPauses().isAllPaused()) {
                    polling.poll();
                }
            });
        }
    }

    @Override
    public void stop() {
        hintTasks.stop();
        pollRounds.stop();
        checks.stop();
    }

    @Override
    public void awaitEnd(Duration timeout) throws InterruptedException {
        Deadline deadline = Deadline.in(timeout);
        hintTasks.awaitEnd(timeout);
        pollRounds.awaitEnd(deadline.left());
        checks.awaitEnd(deadline.left());
    }

    /** Releases the lease, so that another worker polls at once. Call it only while the database answers. */
    void release() {
        if (poll == null) {
            return;
        }
        try {
            monitor.history.release();
        } catch (StoreException e) {
            log.debug("lease is not given back, it ends by itself error={}", e.getMessage());
        }
    }
}
