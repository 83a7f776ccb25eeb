package avatarmonitor.reconcile;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.StatusCheck.Snapshot;
import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.clock.ClockGate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Processes avatars in TRAINING without a live trigger: each is scheduled, marked as stalled, or marked as invalid. */
public final class Sweep {
    private static final Logger log = LoggerFactory.getLogger(Sweep.class);

    /** Maximum wait for a running sweep of this process, which does the same work. */
    private static final Duration OTHER_MAX = Duration.ofMinutes(1);

    /** Limit of ids per query, which reads all trainings: seconds at a hundred thousand. */
    private static final int READ_MAX = 100_000;

    /** Avatars read and scheduled at a time. */
    private static final int PAGE = 1000;

    private final Database database;
    private final AvatarStore avatars;
    private final MonitoringTriggers triggers;
    private final UnmonitoredResolver resolver;
    private final ClockGate gate;
    private final ReentrantLock alone = new ReentrantLock();

    /**
     * @param maxAge oldest training that is scheduled ({@code monitor.max-age})
     * @param gate closed while nothing may be done by the time
     * @param paused whether an operator has paused polling of a training type: then its trainings do not become stalled
     */
    public Sweep(
            Database database,
            AvatarStore avatars,
            EventWriter events,
            MonitoringTriggers triggers,
            ReconcileConfig config,
            Duration maxAge,
            ClockGate gate,
            Predicate<String> paused) {
        this.database = database;
        this.avatars = avatars;
        this.triggers = triggers;
        this.gate = gate;
        this.resolver = new UnmonitoredResolver(database, avatars, events, config, maxAge, gate, paused);
    }

    /**
     * Sweeps after any other sweep of this process: at the start of a worker the hourly one and the one of each minute
     * coincide. The wait is limited, since two sweeps at the same time only do the same work twice.
     */
    SweepResult over(UnmonitoredKind which, Set<AvatarId> except, Instant now) {
        long began = System.nanoTime();
        boolean taken = takeTurn();
        try {
            return sweep(which, except, now.plusNanos(System.nanoTime() - began));
        } finally {
            if (taken) {
                alone.unlock();
            }
        }
    }

    /** Sweeps unless another sweep of this process is running, which does the same work. */
    SweepResult unlessUnderWay(UnmonitoredKind which, Set<AvatarId> except, Instant now) {
        if (!alone.tryLock()) {
            return new SweepResult();
        }
        try {
            return sweep(which, except, now);
        } finally {
            alone.unlock();
        }
    }

    private boolean takeTurn() {
        try {
            return alone.tryLock(OTHER_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private SweepResult sweep(UnmonitoredKind which, Set<AvatarId> except, Instant now) {
        SweepResult count = new SweepResult();
        AvatarId last = null;
        List<AvatarId> page;
        do {
            AvatarId after = last;
            page = gate.read(database, () -> database.readWhole(connection -> which.page(connection, after, READ_MAX)));
            last = page.isEmpty() ? null : page.get(page.size() - 1);
            count.passOver(page, except);
            settleAll(page.stream().filter(id -> !except.contains(id)).toList(), now, count);
        } while (page.size() == READ_MAX);
        return count;
    }

    /** Processes the given avatars only. */
    SweepResult over(List<AvatarId> ids, Instant now) {
        SweepResult count = new SweepResult();
        settleAll(ids, now, count);
        return count;
    }

    /**
     * Uses two threads for many avatars: writes take a lock of the cluster, and while one thread holds it the other
     * prepares the next page.
     */
    private void settleAll(List<AvatarId> ids, Instant now, SweepResult count) {
        try (Prefetcher pages = new Prefetcher(ids, PAGE, page -> StatusCheck.prefetch(database, avatars, page));
                HelperThread helperThread = new HelperThread("second-writer")) {
            if (ids.size() <= PAGE) {
                count.add(settle(pages, now));
                return;
            }
            HelperThread.Running<SweepResult> other = helperThread.begin(() -> settle(pages, now));
            count.add(settle(pages, now));
            count.add(other.await());
        }
    }

    private SweepResult settle(Prefetcher pages, Instant now) {
        SweepResult count = new SweepResult();
        for (Optional<Prefetcher.Page> page = pages.next(); page.isPresent(); page = pages.next()) {
            settle(page.get().ids(), page.get().seen(), now, count);
        }
        return count;
    }

    /** @param together avatars that were read together; the others are read one by one */
    private void settle(List<AvatarId> ids, Map<AvatarId, Snapshot> together, Instant now, SweepResult count) {
        List<Avatar> eligible = new ArrayList<>();
        for (AvatarId id : ids) {
            try {
                Snapshot seen = together.containsKey(id)
                        ? together.get(id)
                        : database.read(connection -> Snapshot.find(connection, avatars, id))
                                .orElse(null);
                if (seen == null) {
                    continue;
                }
                switch (resolver.resolve(seen.avatar(), seen.monitoring(), now)) {
                    case ELIGIBLE -> eligible.add(seen.avatar());
                    case STALLED -> count.stalled++;
                    case INVALID -> count.invalid++;
                    case UNCHANGED -> {}
                }
            } catch (StoreException e) {
                // One unreadable row must not keep the others from being scheduled.
                log.atLevel(StoreException.logLevel(e))
                        .log("avatar not settled avatar={} error={}", id, e.getMessage());
                count.failure = e;
            }
        }
        for (MonitoringTriggers.StartedAvatar one : triggers.monitor(eligible, now)) {
            count.watched++;
            count.repaired += one.repaired() ? 1 : 0;
        }
    }
}
