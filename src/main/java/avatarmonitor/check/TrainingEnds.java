package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.avatar.AvatarStore.Guard;
import avatarmonitor.avatar.AvatarStore.Write;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.NextAction;
import avatarmonitor.check.decision.NextAction.TrainingEnd;
import avatarmonitor.check.decision.UnwrittenEnd;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes the end of a training: the avatar, its event and the end of its monitoring in one transaction. An end that the
 * database refuses is stored, in memory and in {@code avatar_monitor_answer}, so that later checks write it without a
 * request to fal.
 */
final class TrainingEnds {
    /** Number of consecutive refusals that raises an alert. */
    static final int ALARM_AFTER = 3;

    /** Interval at which the alert is raised again while refusals continue; shorter than its quiet period. */
    static final Duration TELL_AGAIN = Duration.ofMinutes(10);

    private static final int KEPT_MAX = 1_000;
    private static final long KEPT_CHARACTERS_MAX = 32L * 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(TrainingEnds.class);

    private final Database database;
    private final AvatarStore avatars;
    private final EventWriter events;
    private final UnwrittenEnds kept = new UnwrittenEnds(KEPT_MAX, KEPT_CHARACTERS_MAX);
    private volatile Runnable meter = () -> {};

    TrainingEnds(Database database, AvatarStore avatars, EventWriter events) {
        this.database = database;
        this.avatars = avatars;
        this.events = events;
    }

    /** Sets a callback for each refused write. */
    void meter(Runnable refused) {
        meter = refused;
    }

    /**
     * Returns the end that waits to be written.
     *
     * @param requestId the avatar's current request
     * @param monitoring null when it is not monitored
     */
    @Nullable
    UnwrittenEnd kept(AvatarId id, @Nullable String requestId, @Nullable Monitoring monitoring) {
        Optional<UnwrittenEnd> known = kept.find(id, requestId);
        if (known.isPresent() || (monitoring != null && monitoring.writeRefusals() == 0)) {
            return known.orElse(null);
        }
        return database.read(connection -> AnswerStore.waiting(connection, id))
                .filter(end -> end.falRequestId().equals(requestId))
                .orElse(null);
    }

    /**
     * Writes an end.
     *
     * @return {@link CheckOutcome#OVERTAKEN} when another writer was faster, {@link CheckOutcome#WRITE_REFUSED} on
     *     refusal
     * @throws StoreException when the database failed otherwise; the end is kept and the next check writes it
     */
    CheckOutcome write(CheckedAvatar subject, TrainingEnd step, Instant now) {
        UnwrittenEnd end = UnwrittenEnd.of(subject.guard().falRequestId(), step, now);
        WriteRefusal refusal;
        try {
            Write write = avatars.withPresentColumns(
                    database, () -> database.inTransaction(connection -> write(connection, subject, step, end, now)));
            kept.forget(subject.id());
            if (write == Write.CHANGED) {
                return CheckOutcome.OVERTAKEN;
            }
            tell(end);
            return end.ending().checkOutcome;
        } catch (WriteRefusal.SuppressedException e) {
            refusal = WriteRefusal.suppressed();
        } catch (StoreException e) {
            refusal = WriteRefusal.of(e);
            if (refusal == null) {
                kept.keep(subject.id(), end);
                throw e;
            }
        }
        refused(subject, end, refusal, now);
        return CheckOutcome.WRITE_REFUSED;
    }

    /** Returns the answer about a training that failed without a usable model. */
    Optional<UnwrittenEnd> withoutModel(AvatarId id) {
        return database.read(connection -> AnswerStore.withoutModel(connection, id));
    }

    /**
     * Writes a model that was found in a stored answer.
     *
     * @param subject an avatar in ERROR
     * @throws StoreException when the database refuses or fails
     */
    Write writeRejudged(CheckedAvatar subject, NextAction.Complete step, UnwrittenEnd end, Instant now) {
        Guard training = subject.guard();
        Guard failed = new Guard(training.id(), training.falRequestId(), training.status(), true);
        try {
            return database.inTransaction(connection -> {
                Write write = avatars.complete(connection, failed, step.model(), step.response(), now);
                if (write == Write.REFUSED) {
                    throw new WriteRefusal.SuppressedException();
                }
                if (write == Write.DONE) {
                    noteEnd(connection, subject, end, now);
                    AnswerStore.keepWritten(connection, subject.id(), end, events.worker(), now);
                    JsonObject detail = detail(subject, step, end);
                    detail.addProperty("rejudged", true);
                    append(connection, subject, end, detail, now);
                }
                return write;
            });
        } catch (WriteRefusal.SuppressedException e) {
            return Write.REFUSED;
        }
    }

    private void noteEnd(Connection connection, CheckedAvatar subject, UnwrittenEnd end, Instant now)
            throws SQLException {
        EndedMonitorings.ended(connection, subject.id(), end, events.worker(), now);
        CheckOutcome outcome = end.ending().checkOutcome;
        CheckHistory.ended(connection, subject, outcome, end.falStatus(), end.reason(), events.worker(), now);
    }

    private void append(Connection connection, CheckedAvatar subject, UnwrittenEnd end, JsonObject detail, Instant now)
            throws SQLException {
        events.append(connection, now, subject.id(), end.falRequestId(), end.ending().event, detail);
    }

    private Write write(Connection connection, CheckedAvatar subject, TrainingEnd step, UnwrittenEnd end, Instant now)
            throws SQLException {
        Write write = avatar(connection, subject, step, now);
        if (write == Write.REFUSED) {
            throw new WriteRefusal.SuppressedException();
        }
        if (write == Write.DONE) {
            noteEnd(connection, subject, end, now);
            if (end.ending() == UnwrittenEnd.Ending.FAILED) {
                AnswerStore.keepWritten(connection, subject.id(), end, events.worker(), now);
            } else {
                AnswerStore.written(connection, subject.id(), end.falRequestId(), now);
            }
            append(connection, subject, end, detail(subject, step, end), now);
        }
        return write;
    }

    /** Content of the callback: the end, the type of training, and the columns of its model. */
    private static JsonObject detail(CheckedAvatar subject, TrainingEnd step, UnwrittenEnd end) {
        JsonObject detail = end.detail();
        if (subject.avatar() != null && subject.avatar().trainingType() != null) {
            detail.addProperty("training_type", subject.avatar().trainingType());
        }
        if (step instanceof NextAction.Complete complete) {
            JsonObject model = new JsonObject();
            complete.model().columns().forEach(model::addProperty);
            detail.add("model", model);
            String warning = complete.warning();
            if (warning != null) {
                detail.addProperty("model_unreachable", warning);
                log.warn("model stored, a file is unreachable request={} error={}", end.falRequestId(), warning);
            }
        }
        return detail;
    }

    private Write avatar(Connection connection, CheckedAvatar subject, TrainingEnd step, Instant now)
            throws SQLException {
        if (step instanceof NextAction.Complete complete) {
            return avatars.complete(connection, subject.guard(), complete.model(), complete.response(), now);
        }
        if (step instanceof NextAction.Fail fail) {
            return avatars.fail(connection, subject.guard(), fail.reason(), now);
        }
        if (step instanceof NextAction.Cancel) {
            return avatars.cancel(connection, subject.guard(), now);
        }
        throw new IllegalStateException("unknown end of a training " + step);
    }

    private static void tell(UnwrittenEnd end) {
        String outcome = end.ending().column();
        String reason = end.reason() == null ? "" : " reason=" + end.reason();
        log.info("training ended outcome={} request={}{}", outcome, end.falRequestId(), reason);
    }

    private void refused(CheckedAvatar subject, UnwrittenEnd end, WriteRefusal refusal, Instant now) {
        int refusals = kept.keep(subject.id(), end);
        meter.run();
        boolean recorded = true;
        try {
            refusals = database.inTransaction(connection -> record(connection, subject, end, refusal, now));
        } catch (StoreException e) {
            recorded = false;
            log.debug("refused end is kept in memory only error={}", e.getMessage());
        }
        String line = "end of training refused by the database, will retry ending={} request={} in_row={} recorded={}"
                + " sqlstate={} error={}";
        Object[] values = {
            end.ending().column(), end.falRequestId(), refusals, recorded, refusal.cause(), refusal.text()
        };
        Level level = refusals == ALARM_AFTER ? Level.ERROR : refusals == 1 ? Level.WARN : Level.DEBUG;
        log.atLevel(level).log(line, values);
    }

    /** Records a refusal: one event per cause, an alert if it continues. Returns the count of consecutive refusals. */
    private int record(
            Connection connection, CheckedAvatar subject, UnwrittenEnd end, WriteRefusal refusal, Instant now)
            throws SQLException {
        AvatarId id = subject.id();
        String requestId = end.falRequestId();
        if (EndedMonitorings.hasEnded(connection, id, requestId) || AnswerStore.isWritten(connection, id, requestId)) {
            // Another worker was faster, and its end is valid.
            return 0;
        }
        AnswerStore.Refused before = AnswerStore.refused(connection, id, requestId);
        int refusals = before.refusals() + 1;
        String worker = events.worker();
        String error = refusal.error();
        EndedMonitorings.refused(connection, id, end, refusals, error, worker, now);
        CheckHistory.ended(connection, subject, CheckOutcome.WRITE_REFUSED, end.falStatus(), error, worker, now);
        boolean goesOn = refusals >= ALARM_AFTER;
        boolean known = before.event() != null && refusal.cause().equals(before.cause());
        Long number = known ? before.event() : null;
        if (!known && (goesOn || !refusal.passing())) {
            JsonObject detail = refusal.detail(end.ending());
            Event event = events.event(now, id, requestId, EventType.WRITE_REFUSED, detail);
            number = events.log().appendNumbered(connection, event);
        }
        Instant toldAt = known ? before.toldAt() : null;
        if (goesOn && number != null && (toldAt == null || !now.isBefore(toldAt.plus(TELL_AGAIN)))) {
            events.log().deliver(connection, number);
            toldAt = now;
        }
        AnswerStore.Refused after = new AnswerStore.Refused(refusals, refusal.cause(), number, toldAt);
        AnswerStore.keep(connection, id, end, after, error, worker, now);
        return refusals;
    }
}
