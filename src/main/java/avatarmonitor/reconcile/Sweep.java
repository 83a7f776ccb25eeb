package avatarmonitor.reconcile;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.Eligibility;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.StatusCheck.Seen;
import avatarmonitor.check.Watch;
import avatarmonitor.check.WatchStore;
import avatarmonitor.check.WatchStore.Outcome;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.event.EventType;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes over avatars in TRAINING that have no live trigger and settles each: watched again, called stalled, or called invalid. */
public final class Sweep {
    private static final Logger log = LoggerFactory.getLogger(Sweep.class);

    /** How long a sweep waits for another one of this process, which does the same work. */
    private static final Duration OTHER_MAX = Duration.ofMinutes(1);

    /** Ids read by one statement, which looks at all trainings: seconds when there are a hundred thousand. */
    private static final int READ_MAX = 100_000;

    /** Avatars read and watched at a time. */
    private static final int PAGE = 1000;

    /** An application may set TRAINING a little before it has the request id; only later is that worth an event. */
    private static final Duration HANDOVER_GRACE = Duration.ofMinutes(10);

    private final Database database;
    private final AvatarStore avatars;
    private final WatchStore watches;
    private final EventLog events;
    private final Watchlist watchlist;
    private final ReconcileConfig config;
    private final Duration maxAge;
    private final String worker;
    private final ReentrantLock alone = new ReentrantLock();

    /**
     * @param maxAge oldest training that is still taken up ({@code monitor.max-age})
     * @param worker named in events
     */
    public Sweep(
            Database database,
            AvatarStore avatars,
            WatchStore watches,
            EventLog events,
            Watchlist watchlist,
            ReconcileConfig config,
            Duration maxAge,
            String worker) {
        this.database = database;
        this.avatars = avatars;
        this.watches = watches;
        this.events = events;
        this.watchlist = watchlist;
        this.config = config;
        this.maxAge = maxAge;
        this.worker = worker;
    }

    /** What became of one avatar. */
    private enum Settled {
        WATCHABLE,
        STALLED,
        INVALID,
        LEFT_ALONE
    }

    /**
     * After any other of this process: at the start of a worker the hourly one and the one of each minute meet. One that hangs keeps
     * nobody for ever, since two at the same time only do the same twice.
     */
    Swept over(Unwatched which, Set<AvatarId> except, Instant now) {
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

    /** Nothing while another one of this process is under way, which settles the same. */
    Swept unlessUnderWay(Unwatched which, Set<AvatarId> except, Instant now) {
        if (!alone.tryLock()) {
            return new Swept.Count().swept();
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

    private Swept sweep(Unwatched which, Set<AvatarId> except, Instant now) {
        Swept.Count count = new Swept.Count();
        AvatarId last = null;
        List<AvatarId> page;
        do {
            AvatarId after = last;
            page = database.read(connection -> which.page(connection, after, READ_MAX));
            last = page.isEmpty() ? null : page.get(page.size() - 1);
            count.passOver(page, except);
            settleAll(page.stream().filter(id -> !except.contains(id)).toList(), now, count);
        } while (page.size() == READ_MAX);
        return count.swept();
    }

    /** Only these, wherever they are. */
    Swept over(List<AvatarId> ids, Instant now) {
        Swept.Count count = new Swept.Count();
        settleAll(ids, now, count);
        return count.swept();
    }

    private void settleAll(List<AvatarId> ids, Instant now, Swept.Count count) {
        try (LookAhead pages = new LookAhead(ids, PAGE, page -> StatusCheck.look(database, avatars, page))) {
            while (pages.hasNext()) {
                LookAhead.Page page = pages.next();
                settle(page.ids(), page.seen(), now, count);
            }
        }
    }

    /** @param together those that could be read together; the others are read one by one, and so is one that cannot be read */
    private void settle(List<AvatarId> ids, Map<AvatarId, Seen> together, Instant now, Swept.Count count) {
        List<Avatar> watchable = new ArrayList<>();
        for (AvatarId id : ids) {
            try {
                Seen seen = together.containsKey(id) ? together.get(id) : look(id);
                if (seen == null) {
                    continue;
                }
                switch (settle(seen.avatar(), seen.watch(), now)) {
                    case WATCHABLE -> watchable.add(seen.avatar());
                    case STALLED -> count.stalled++;
                    case INVALID -> count.invalid++;
                    case LEFT_ALONE -> {}
                }
            } catch (StoreException e) {
                // One odd row must not keep all others from being watched.
                log.warn("avatar not settled avatar={} error={}", id, e.getMessage());
                count.failure = e;
            }
        }
        for (Watchlist.Watched one : watchlist.watch(watchable, now)) {
            count.watched++;
            count.repaired += one.repaired() ? 1 : 0;
        }
    }

    private @Nullable Seen look(AvatarId id) {
        return database.read(connection -> {
                    Optional<Watch> watch = watches.find(connection, id);
                    return avatars.find(connection, id).map(avatar -> new Seen(avatar, watch.orElse(null)));
                })
                .orElse(null);
    }

    private Settled settle(Avatar avatar, @Nullable Watch watch, Instant now) {
        Eligibility eligibility = Eligibility.of(avatar, now);
        if (eligibility instanceof Eligibility.NotTraining) {
            return Settled.LEFT_ALONE;
        }
        if (eligibility instanceof Eligibility.Invalid invalid) {
            return invalid(avatar, invalid.reason(), now) ? Settled.INVALID : Settled.LEFT_ALONE;
        }
        Instant started = Objects.requireNonNull(avatar.trainingStartedAt());
        String requestId = Objects.requireNonNull(avatar.falRequestId());
        boolean tooOld = started.isBefore(now.minus(maxAge));
        if (!tooOld && !over(watch, requestId, now)) {
            return Settled.WATCHABLE;
        }
        return database.inTransaction(connection -> {
            // The avatar is written before its watch, as everywhere: two that lock in another order would deadlock.
            noticeLostWatch(connection, avatar.id(), requestId, now);
            if (!tooOld) {
                return Settled.WATCHABLE;
            }
            return stalled(connection, avatar, requestId, started, now) ? Settled.STALLED : Settled.LEFT_ALONE;
        });
    }

    /** One event for each new reason; an avatar stays invalid until the application mends it. */
    private boolean invalid(Avatar avatar, String reason, Instant now) {
        Instant started = avatar.trainingStartedAt();
        boolean handover =
                avatar.falRequestId() == null && started != null && started.isAfter(now.minus(HANDOVER_GRACE));
        if (handover) {
            return false;
        }
        JsonObject detail = new JsonObject();
        detail.addProperty("reason", reason);
        return database.inTransaction(connection -> {
            Optional<Logged> newest = events.newest(connection, avatar.id());
            boolean known = newest.filter(e -> e.type().equals(EventType.INVALID.column())
                            && e.detail().equals(detail)
                            && Objects.equals(e.falRequestId(), EventLog.stored(avatar.falRequestId())))
                    .isPresent();
            if (!known) {
                append(connection, avatar.id(), avatar.falRequestId(), EventType.INVALID, detail, now);
                log.warn("avatar must not be sent to fal avatar={} reason={}", avatar.id(), reason);
            }
            return !known;
        });
    }

    /** A trigger that went away without its last check (no worker ran) left the end of its window unsaid. */
    private void noticeLostWatch(Connection connection, AvatarId id, String requestId, Instant now)
            throws SQLException {
        Watch watch = watches.find(connection, id).orElse(null);
        if (over(watch, requestId, now) && watches.end(connection, id, requestId, Outcome.WINDOW_EXPIRED, null, now)) {
            JsonObject detail = new JsonObject();
            detail.addProperty("noticed_by", "reconcile");
            append(connection, id, requestId, EventType.WINDOW_EXPIRED, detail, now);
        }
    }

    private static boolean over(@Nullable Watch watch, String requestId, Instant now) {
        return watch != null
                && watch.falRequestId().equals(requestId)
                && watch.outcome() == null
                && !watch.windowEndsAt().isAfter(now);
    }

    private boolean stalled(Connection connection, Avatar avatar, String requestId, Instant started, Instant now)
            throws SQLException {
        JsonObject detail = new JsonObject();
        detail.addProperty("started_at", started.toString());
        detail.addProperty("max_age_s", maxAge.toSeconds());
        boolean set = false;
        if (config.stalledAction() == ReconcileConfig.StalledAction.ERROR) {
            String status = Objects.requireNonNull(avatar.status());
            String reason = "stalled: fal did not end the training within " + maxAge.toMinutes() + " minutes";
            set = avatars.fail(connection, new AvatarStore.Guard(avatar.id(), requestId, status), reason, now);
            detail.addProperty("set_to_error", set);
        }
        boolean marked = watches.stalled(connection, avatar.id(), requestId, now);
        if (!marked && !set) {
            return false;
        }
        append(connection, avatar.id(), requestId, EventType.STALLED, detail, now);
        log.error("training stalled avatar={} request={} started_at={}", avatar.id(), requestId, started);
        return true;
    }

    private void append(
            Connection connection,
            AvatarId id,
            @Nullable String requestId,
            EventType type,
            JsonObject detail,
            Instant now)
            throws SQLException {
        events.append(connection, new Event(now, id, requestId, worker, type, detail));
    }
}
