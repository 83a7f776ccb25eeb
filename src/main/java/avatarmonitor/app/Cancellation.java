package avatarmonitor.app;

import avatarmonitor.app.CancelOutcome.Kind;
import avatarmonitor.app.start.MonitoringStart;
import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.StatusCheck.Snapshot;
import avatarmonitor.check.decision.Eligibility;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.Rules;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.fal.FalQueue;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.schedule.MonitoringSchedule;
import avatarmonitor.store.Database;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels trainings at fal. Never writes the avatar: it stays monitored, and its next check, which becomes due now,
 * finds how the training ended. A training that had already completed is stored as usual, so that no paid model is
 * lost.
 */
final class Cancellation {
    private static final Logger log = LoggerFactory.getLogger(Cancellation.class);

    private final Database database;
    private final AvatarStore avatars;
    private final MonitoringSchedule schedule;
    private final FalQueue fal;
    private final Rules rules;
    private final EventWriter events;
    private final InstantSource clock;

    Cancellation(
            Database database,
            AvatarStore avatars,
            MonitoringSchedule schedule,
            FalQueue fal,
            Rules rules,
            EventWriter events,
            InstantSource clock) {
        this.database = database;
        this.avatars = avatars;
        this.schedule = schedule;
        this.fal = fal;
        this.rules = rules;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Cancels the training of an avatar at fal, and makes its next check due now.
     *
     * @param by originator, for the event
     */
    CancelOutcome cancel(AvatarId id, String by) {
        Snapshot found = database.read(connection -> Snapshot.find(connection, avatars, id))
                .orElse(null);
        if (found == null) {
            return new CancelOutcome(Kind.NO_AVATAR, MonitoringStart.NO_AVATAR);
        }
        Instant now = clock.instant();
        Eligibility eligibility = Eligibility.of(found.avatar(), avatars.types(), now);
        if (eligibility instanceof Eligibility.NotTraining other) {
            return new CancelOutcome(Kind.REFUSED, "its status is " + other.status() + ", not TRAINING");
        }
        if (eligibility instanceof Eligibility.Invalid invalid) {
            return new CancelOutcome(Kind.REFUSED, invalid.reason());
        }
        Eligibility.Eligible training = (Eligibility.Eligible) eligibility;
        String request = training.requestId().value();
        Monitoring monitoring =
                found.monitoring() != null && request.equals(found.monitoring().falRequestId())
                        ? found.monitoring()
                        : Monitoring.unknown(request, now);
        CancelOutcome answer = ask(rules.requests(training, monitoring));
        if (answer.kind() != Kind.FAILED) {
            record(id, training, answer, by);
        }
        if (answer.done()) {
            follow(found.avatar(), now);
        }
        return answer;
    }

    /** Sends the cancel to each endpoint that the request may have been submitted to, until one has it. */
    private CancelOutcome ask(List<FalRequest> candidates) {
        CancelOutcome answer = new CancelOutcome(Kind.NOT_FOUND);
        for (FalRequest candidate : candidates) {
            FalAnswer.Cancel said = fal.cancel(candidate);
            if (said instanceof FalAnswer.CancelRequested) {
                return new CancelOutcome(Kind.CANCEL_REQUESTED);
            } else if (said instanceof FalAnswer.AlreadyOver) {
                return new CancelOutcome(Kind.ALREADY_OVER);
            } else if (!(said instanceof FalAnswer.NotFound)) {
                answer = new CancelOutcome(Kind.FAILED, words(said));
            }
        }
        return answer;
    }

    private static String words(FalAnswer.Cancel said) {
        if (said instanceof FalAnswer.RequestRefused refused) {
            return "fal refuses it with " + refused.code() + " (" + refused.detail() + ")";
        } else if (said instanceof FalAnswer.RateLimited limited) {
            return "fal limits the rate, try again in " + limited.retryAfter().toSeconds() + " s";
        } else if (said instanceof FalAnswer.Unavailable unavailable) {
            return "fal gave no usable answer (" + unavailable.detail() + ")";
        } else if (said instanceof FalAnswer.Held held) {
            return "fal was not asked: " + held.reason();
        } else if (said instanceof FalAnswer.ApplicationUnknown unknown) {
            return "fal does not have the application (" + unknown.detail() + ")";
        }
        throw new IllegalStateException("no words for " + said);
    }

    private void record(AvatarId id, Eligibility.Eligible training, CancelOutcome answer, String by) {
        JsonObject detail = new JsonObject();
        detail.addProperty("by", by);
        detail.addProperty("outcome", answer.word());
        String request = training.requestId().value();
        events.write(events.event(clock.instant(), id, request, EventType.CANCEL_REQUESTED, detail));
        log.info("cancel requested at fal avatar={} request={} by={} outcome={}", id, request, by, answer.word());
    }

    /** Makes the next check due now, also for a training that is too old to be scheduled otherwise. */
    private void follow(Avatar avatar, Instant now) {
        if (schedule.monitorAtOnce(List.of(avatar), now).isEmpty()) {
            Set<AvatarId> unused = schedule.checkNow(List.of(avatar.id()));
        }
    }
}
