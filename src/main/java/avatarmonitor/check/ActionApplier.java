package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.MonitoringStore.Outcome;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.FailedRequestRules;
import avatarmonitor.check.decision.NextAction;
import avatarmonitor.check.decision.NextAction.Observed;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.store.Database;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Applies a decision to the database. Each avatar update is conditional and commits together with its event, so checks
 * may overlap, be retried or crash at any point.
 */
final class ActionApplier {
    private static final Logger log = LoggerFactory.getLogger(ActionApplier.class);

    private final Database database;
    private final EventWriter events;
    private final AvatarStore avatars;
    private final TrainingEnds ends;
    private final ObservationStore observations;
    private final ObservationBuffer observationBuffer;
    private final Duration window;
    private final InstantSource clock;

    ActionApplier(Database database, AvatarStore avatars, EventWriter events, Duration window, InstantSource clock) {
        this.database = database;
        this.events = events;
        this.avatars = avatars;
        this.window = window;
        this.clock = clock;
        this.ends = new TrainingEnds(database, avatars, events);
        this.observations = new ObservationStore(database, avatars, events.worker());
        this.observationBuffer = new ObservationBuffer(observations, events.worker(), ObservationBuffer.LIMITS);
    }

    ObservationBuffer observations() {
        return observationBuffer;
    }

    TrainingEnds ends() {
        return ends;
    }

    void startAnew(AvatarId id, NextAction.StartAnew anew, Instant now) {
        String previous = anew.previousRequestId();
        boolean first = database.inTransaction(connection -> {
            if (!MonitoringStore.restart(connection, id, previous, anew.requestId(), now, now.plus(window))) {
                return false;
            }
            JsonObject detail = detail("previous_request_id", previous);
            events.append(connection, now, id, anew.requestId(), EventType.SUPERSEDED, detail);
            return true;
        });
        if (first) {
            log.info("avatar retrained, counters start anew request={} previous={}", anew.requestId(), previous);
        }
    }

    /**
     * @param lastInWindow whether the window ends with this check
     * @param atOnce whether the result of a check is written without the write-behind buffer
     */
    CheckOutcome end(CheckedAvatar subject, NextAction.End end, boolean lastInWindow, boolean atOnce) {
        Instant now = clock.instant();
        if (end instanceof NextAction.KeepMonitoring keep) {
            return observe(subject, keep, atOnce);
        }
        if (end instanceof NextAction.Wait wait) {
            log.debug("check waits reason={}", wait.why());
            return CheckOutcome.WAITING;
        }
        if (end instanceof NextAction.Skip skip) {
            log.debug("fal is not asked at this fire reason={}", skip.why());
            return CheckOutcome.PASSED;
        }
        if (end instanceof NextAction.TrainingEnd ended) {
            return finish(subject, ended, lastInWindow, now);
        }
        if (end instanceof NextAction.Stop stop) {
            return stop(subject, Outcome.STOPPED, null, stop.why(), CheckOutcome.NOT_TRAINING, now);
        }
        if (end instanceof NextAction.Invalid invalid) {
            return stop(subject, Outcome.INVALID, EventType.INVALID, invalid.reason(), CheckOutcome.INVALID, now);
        }
        if (end instanceof NextAction.GiveUp giveUp) {
            return giveUp(subject, giveUp.observed(), now);
        }
        if (end instanceof NextAction.WindowExpired expired) {
            return windowOver(subject, expired.observed(), expired.refused(), CheckOutcome.WINDOW_EXPIRED, now);
        }
        if (end instanceof NextAction.TimedOut late) {
            return windowOver(subject, late.observed(), late.refused(), CheckOutcome.TIMED_OUT, now);
        }
        throw new IllegalStateException("unknown end " + end);
    }

    private CheckOutcome observe(CheckedAvatar subject, NextAction.KeepMonitoring keep, boolean atOnce) {
        Observation observation = observation(subject, keep.observed(), CheckOutcome.STILL_TRAINING);
        FalAnswer.RequestRefused refused = keep.refused();
        if (refused != null) {
            return unlessOvertaken(subject, observation, connection -> {
                resultRefused(connection, subject, refused, keep.observed().at());
                return CheckOutcome.STILL_TRAINING;
            });
        }
        // An avatar that is not monitored has no row that could show whether another check was faster.
        boolean now = atOnce || subject.monitoring() == null;
        boolean noted = now ? observations.write(observation) : observationBuffer.note(observation);
        return noted ? CheckOutcome.STILL_TRAINING : overtaken(subject);
    }

    /** @param seen written before the work, in its transaction; null when no request was sent to fal */
    private CheckOutcome unlessOvertaken(
            CheckedAvatar subject, @Nullable Observation seen, Database.Work<CheckOutcome> work) {
        try {
            return seen == null ? database.inTransaction(work) : observations.write(seen, work);
        } catch (ConcurrentChangeException e) {
            return overtaken(subject);
        }
    }

    private static Observation observation(CheckedAvatar subject, Observed seen, CheckOutcome outcome) {
        if (seen.error() != null) {
            log.warn("check brought no answer failures={} error={}", seen.failuresInRow(), seen.error());
        }
        return new Observation(subject, seen, outcome, subject.tookMillis());
    }

    private CheckOutcome finish(
            CheckedAvatar subject, NextAction.TrainingEnd ended, boolean lastInWindow, Instant now) {
        CheckOutcome outcome = ends.write(subject, ended, now);
        if (outcome == CheckOutcome.OVERTAKEN) {
            return overtaken(subject);
        }
        boolean refusedAtLast = outcome == CheckOutcome.WRITE_REFUSED && lastInWindow;
        return refusedAtLast ? windowOver(subject, null, null, CheckOutcome.WINDOW_EXPIRED, now) : outcome;
    }

    /**
     * Handles a lost race: another writer was faster, so fal's answer is dropped, and the next attempt decides from the
     * new state.
     */
    private static CheckOutcome overtaken(CheckedAvatar subject) {
        log.info("answer dropped, the avatar changed while it was checked request={}", subject.requestId());
        return CheckOutcome.OVERTAKEN;
    }

    private CheckOutcome stop(
            CheckedAvatar subject,
            Outcome outcome,
            @Nullable EventType type,
            String why,
            CheckOutcome result,
            Instant now) {
        return unlessOvertaken(subject, null, connection -> {
            UnchangedState.require(connection, avatars, subject);
            boolean open = MonitoringStore.end(connection, subject.id(), null, outcome, why, now);
            if (open && type != null) {
                events.append(connection, now, subject.id(), subject.requestId(), type, detail("reason", why));
            }
            if (open) {
                log.info("monitoring ended outcome={} reason={}", outcome.column(), why);
            }
            return result;
        });
    }

    private CheckOutcome giveUp(CheckedAvatar subject, Observed observed, Instant now) {
        return unlessOvertaken(subject, observation(subject, observed, CheckOutcome.GAVE_UP), connection -> {
            UnchangedState.requireWindow(connection, subject);
            String requestId = subject.guard().falRequestId();
            if (MonitoringStore.end(connection, subject.id(), requestId, Outcome.GAVE_UP, observed.error(), now)) {
                JsonObject detail = detail("error", String.valueOf(observed.error()));
                detail.addProperty("failures_in_row", observed.failuresInRow());
                events.append(connection, now, subject.id(), requestId, EventType.GAVE_UP, detail);
                log.error(
                        "gave up until the next reconcile failures={} error={}",
                        observed.failuresInRow(),
                        observed.error());
            }
            return CheckOutcome.GAVE_UP;
        });
    }

    /** @param observed null when fal was not asked */
    private CheckOutcome windowOver(
            CheckedAvatar subject,
            @Nullable Observed observed,
            FalAnswer.@Nullable RequestRefused refused,
            CheckOutcome result,
            Instant now) {
        AvatarId id = subject.id();
        Observation seen = observed == null ? null : observation(subject, observed, result);
        return unlessOvertaken(subject, seen, connection -> {
            UnchangedState.requireWindow(connection, subject);
            if (refused != null) {
                resultRefused(connection, subject, refused, now);
            }
            String requestId = subject.guard().falRequestId();
            boolean timedOut = result == CheckOutcome.TIMED_OUT;
            Outcome outcome = timedOut ? Outcome.TIMED_OUT : Outcome.WINDOW_EXPIRED;
            if (MonitoringStore.end(connection, id, requestId, outcome, null, now)) {
                EventType type = timedOut ? EventType.TIMED_OUT : EventType.WINDOW_EXPIRED;
                JsonObject detail = timedOut && subject.monitoring() != null
                        ? detail(
                                "deadline",
                                String.valueOf(subject.monitoring().overrides().deadline()))
                        : new JsonObject();
                events.append(connection, now, id, requestId, type, detail);
                log.atLevel(timedOut ? Level.ERROR : Level.INFO)
                        .log("monitoring over and still training outcome={} request={}", outcome.column(), requestId);
            }
            return result;
        });
    }

    private void resultRefused(
            Connection connection, CheckedAvatar subject, FalAnswer.RequestRefused refused, Instant now)
            throws SQLException {
        JsonObject detail = FailedRequestRules.detail(refused);
        events.append(connection, now, subject.id(), subject.requestId(), EventType.RESULT_REFUSED, detail);
    }

    private static JsonObject detail(String key, String value) {
        JsonObject detail = new JsonObject();
        detail.addProperty(key, value);
        return detail;
    }
}
