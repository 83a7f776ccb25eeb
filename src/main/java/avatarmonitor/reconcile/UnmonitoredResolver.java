package avatarmonitor.reconcile;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.check.MonitoringStore.Outcome;
import avatarmonitor.check.decision.Eligibility;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.clock.ClockGate;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides about one avatar in TRAINING without a live trigger: monitor, stalled or invalid; writes the events. */
final class UnmonitoredResolver {
    private static final Logger log = LoggerFactory.getLogger(UnmonitoredResolver.class);

    /** Time after which a missing request id is reported: an application may set TRAINING before it has the id. */
    private static final Duration HANDOVER_GRACE = Duration.ofMinutes(10);

    private final Database database;
    private final AvatarStore avatars;
    private final EventWriter events;
    private final ReconcileConfig config;
    private final Duration maxAge;
    private final ClockGate gate;
    private final Predicate<String> paused;

    /** Parameters as for {@link Sweep}. */
    UnmonitoredResolver(
            Database database,
            AvatarStore avatars,
            EventWriter events,
            ReconcileConfig config,
            Duration maxAge,
            ClockGate gate,
            Predicate<String> paused) {
        this.database = database;
        this.avatars = avatars;
        this.events = events;
        this.config = config;
        this.maxAge = maxAge;
        this.gate = gate;
        this.paused = paused;
    }

    /** Decision about one avatar. */
    enum Resolution {
        ELIGIBLE,
        STALLED,
        INVALID,
        UNCHANGED
    }

    /** @param monitoring its monitoring state, which may be that of an earlier request; null when it has none */
    Resolution resolve(Avatar avatar, @Nullable Monitoring monitoring, Instant now) {
        Eligibility eligibility = Eligibility.of(avatar, avatars.types(), now);
        if (eligibility instanceof Eligibility.NotTraining) {
            return Resolution.UNCHANGED;
        }
        if (eligibility instanceof Eligibility.Invalid invalid) {
            return invalid(avatar, invalid.reason(), now) ? Resolution.INVALID : Resolution.UNCHANGED;
        }
        Monitoring own =
                monitoring != null && monitoring.falRequestId().equals(avatar.falRequestId()) ? monitoring : null;
        // fal has ended this training, and its answer is stored: it is written once the database accepts it, at any
        // age.
        boolean ended = own != null && own.writeRefusals() > 0;
        Instant deadline = deadline(own);
        if (isPaused(avatar) && !ended && deadline != null && !deadline.isAfter(now)) {
            return Resolution.UNCHANGED; // its last check is made after the pause
        }
        if (!over(own, now) && (ended || !tooOld(own, avatar, now))) {
            return Resolution.ELIGIBLE;
        }
        boolean setToError = config.stalledAction() == ReconcileConfig.StalledAction.ERROR;
        try {
            return settle(avatar, own, ended, setToError);
        } catch (RefusedEndException e) {
            return settle(avatar, own, ended, false);
        } catch (StoreException e) {
            if (!setToError || !e.refusesWrite()) {
                throw e;
            }
            log.error(
                    "stalled training not set to ERROR, the database refuses it avatar={} error={}",
                    avatar.id(),
                    e.serverMessage());
            return settle(avatar, own, ended, false);
        }
    }

    /** Rolls back the transaction of a write that a trigger, a rule or a policy suppressed. */
    private static final class RefusedEndException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedEndException() {
            super(null, null, false, false);
        }
    }

    /** @param monitoring that of the avatar's present request; null when it has none */
    private Resolution settle(Avatar avatar, @Nullable Monitoring monitoring, boolean ended, boolean setToError) {
        String requestId = Objects.requireNonNull(avatar.falRequestId());
        return database.inTransaction(connection -> {
            // The run may have started long ago, so the age is judged by the database's current clock.
            Instant there = gate.require(connection, database.dialect());
            boolean stalled = !ended && tooOld(monitoring, avatar, there);
            // Locks the row of avatars before the one of avatar_monitoring, as everywhere: see "Lock order" in
            // docs/architecture.md.
            String reason = stalled && setToError ? setToError(connection, avatar, deadline(monitoring), there) : null;
            if (stalled && reason == null && !avatars.lockUnchanged(connection, guard(avatar))) {
                return Resolution.UNCHANGED; // it ended, or was trained again, since it was read, or is about to
            }
            noticeLostMonitoring(connection, avatar.id(), requestId, there);
            if (!stalled) {
                return Resolution.ELIGIBLE;
            }
            return stalled(connection, avatar, requestId, reason, there) ? Resolution.STALLED : Resolution.UNCHANGED;
        });
    }

    /** A training is not too old while an operator has paused polling of it: its end may not have been asked for. */
    private boolean tooOld(@Nullable Monitoring monitoring, Avatar avatar, Instant now) {
        if (isPaused(avatar)) {
            return false;
        }
        // A training with its own deadline is over when its last check has found no end.
        return deadline(monitoring) == null
                ? started(avatar).isBefore(now.minus(maxAge))
                : monitoring != null && Outcome.TIMED_OUT.column().equals(monitoring.outcome());
    }

    private boolean isPaused(Avatar avatar) {
        return paused.test(String.valueOf(avatar.trainingType()));
    }

    private static Instant started(Avatar avatar) {
        return Objects.requireNonNull(avatar.trainingStartedAt());
    }

    private static @Nullable Instant deadline(@Nullable Monitoring monitoring) {
        return monitoring == null ? null : monitoring.overrides().deadline();
    }

    /** Writes one event for each new reason; an avatar stays invalid until the application corrects it. */
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
            Optional<Logged> newest = events.log().newest(connection, avatar.id());
            boolean known = newest.filter(e -> e.type().equals(EventType.INVALID.column())
                            && e.detail().equals(detail)
                            && Objects.equals(e.falRequestId(), EventLog.stored(avatar.falRequestId())))
                    .isPresent();
            if (!known) {
                events.append(connection, now, avatar.id(), avatar.falRequestId(), EventType.INVALID, detail);
                log.warn("avatar must not be sent to fal avatar={} reason={}", avatar.id(), reason);
            }
            return !known;
        });
    }

    /** Records the end of a window whose trigger disappeared without a last check because no worker ran. */
    private void noticeLostMonitoring(Connection connection, AvatarId id, String requestId, Instant now)
            throws SQLException {
        Monitoring monitoring = MonitoringStore.find(connection, id, requestId).orElse(null);
        if (over(monitoring, now)
                && MonitoringStore.end(connection, id, requestId, Outcome.WINDOW_EXPIRED, null, now)) {
            JsonObject detail = new JsonObject();
            detail.addProperty("noticed_by", "reconcile");
            events.append(connection, now, id, requestId, EventType.WINDOW_EXPIRED, detail);
        }
    }

    private static boolean over(@Nullable Monitoring monitoring, Instant now) {
        return monitoring != null
                && monitoring.outcome() == null
                && !monitoring.windowEndsAt().isAfter(now);
    }

    /** Returns the reason that was written; null when the avatar changed meanwhile. */
    private @Nullable String setToError(Connection connection, Avatar avatar, @Nullable Instant deadline, Instant now)
            throws SQLException {
        String reason = deadline == null
                ? "stalled: fal did not end the training within " + maxAge.toMinutes() + " minutes"
                : "timed out: fal did not end the training before its deadline " + deadline;
        AvatarStore.Write write = avatars.fail(connection, guard(avatar), reason, now);
        if (write == AvatarStore.Write.REFUSED) {
            throw new RefusedEndException();
        }
        return write == AvatarStore.Write.DONE ? reason : null;
    }

    private static AvatarStore.Guard guard(Avatar avatar) {
        return new AvatarStore.Guard(
                avatar.id(), Objects.requireNonNull(avatar.falRequestId()), Objects.requireNonNull(avatar.status()));
    }

    /** @param reason why the avatar was set to ERROR; null when it was not */
    private boolean stalled(
            Connection connection, Avatar avatar, String requestId, @Nullable String reason, Instant now)
            throws SQLException {
        Instant started = started(avatar);
        JsonObject detail = new JsonObject();
        detail.addProperty("started_at", started.toString());
        detail.addProperty("max_age_s", maxAge.toSeconds());
        if (reason != null) {
            detail.addProperty("reason", reason);
        }
        if (config.stalledAction() == ReconcileConfig.StalledAction.ERROR) {
            detail.addProperty("set_to_error", reason != null);
        }
        boolean marked = MonitoringStore.stalled(connection, avatar.id(), requestId, now);
        if (!marked && reason == null) {
            return false;
        }
        events.append(connection, now, avatar.id(), requestId, EventType.STALLED, detail);
        log.error("training stalled avatar={} request={} started_at={}", avatar.id(), requestId, started);
        return true;
    }
}
