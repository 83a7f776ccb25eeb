package avatarmonitor.app;

import avatarmonitor.config.Settings;
import avatarmonitor.fal.FalClient;
import avatarmonitor.hint.EarlyChecks;
import avatarmonitor.hint.Hints;
import avatarmonitor.hint.HistoryPoll;
import avatarmonitor.hint.HistoryTable;
import avatarmonitor.store.StoreException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a worker does about hints of ends: the checks they bring about, the poller of the platform API, and the account of both. */
final class Hinting {
    private static final Logger log = LoggerFactory.getLogger(Hinting.class);

    private final Hints hints;
    private final EarlyChecks checks;
    private final HistoryTable table;
    private final @Nullable HistoryPoll poll;
    private final Rounds hintRounds;
    private final Rounds pollRounds;

    private Hinting(Hints hints, EarlyChecks checks, HistoryTable table, @Nullable HistoryPoll poll, String worker) {
        this.hints = hints;
        this.checks = checks;
        this.table = table;
        this.poll = poll;
        this.hintRounds = new Rounds(worker, "hint-account");
        this.pollRounds = new Rounds(worker, "history");
    }

    /** Begins nothing yet. */
    static Hinting of(Settings settings, Monitor monitor) {
        FalClient fal = monitor.fal();
        String worker = monitor.schedule().worker();
        EarlyChecks checks = new EarlyChecks(
                monitor.database(),
                monitor.avatars(),
                id -> monitor.operator().check(id).outcome(),
                monitor.hints,
                worker,
                EarlyChecks.THREADS);
        HistoryPoll poll = fal.usesHistory()
                ? new HistoryPoll(
                        fal::ended,
                        FalClient.HISTORY_ENDPOINTS_MAX,
                        monitor.history,
                        settings.trainings(),
                        checks,
                        monitor.hints,
                        monitor.clock())
                : null;
        return new Hinting(monitor.hints, checks, monitor.history, poll, worker);
    }

    EarlyChecks checks() {
        return checks;
    }

    /** Begins to ask and to keep account, where there can be hints at all. */
    void start(Settings settings, Monitor monitor) {
        if (poll == null && !settings.webhook().enabled()) {
            return;
        }
        monitor.check().whenEnded(hints::polled);
        hintRounds.atOnceAndEvery(Hints.PERIOD, "hints", hints::look);
        if (poll != null) {
            pollRounds.every(HistoryPoll.PERIOD, "history", poll::look);
        }
    }

    /** Begins nothing more; what runs goes on. */
    void stop() {
        hintRounds.stop();
        pollRounds.stop();
        checks.stop();
    }

    /** Waits at most this long for what runs. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        hintRounds.awaitEnd(timeout);
        pollRounds.awaitEnd(Duration.ofNanos(deadline - System.nanoTime()));
        checks.awaitEnd(Duration.ofNanos(deadline - System.nanoTime()));
    }

    /** Lets another worker ask at once. To be called when the database answers. */
    void release() {
        if (poll == null) {
            return;
        }
        try {
            table.release();
        } catch (StoreException e) {
            log.debug("lease is not given back, it ends by itself error={}", e.getMessage());
        }
    }
}
