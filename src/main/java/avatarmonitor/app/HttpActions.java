package avatarmonitor.app;

import avatarmonitor.app.Operator.Checked;
import avatarmonitor.app.Operator.Unmonitored;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.event.Actor;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.pause.PollingPause;
import avatarmonitor.schedule.ScheduleException;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.text.UntrustedText;
import avatarmonitor.web.Actions;
import avatarmonitor.web.UnavailableException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Implements the operator's actions of the HTTP API. */
final class HttpActions implements Actions {
    private final Operator operator;
    private final TrainingTypes types;
    private final Database database;
    private final HttpBulk bulk;
    private final AtomicBoolean reconciling = new AtomicBoolean();

    HttpActions(Operator operator, TrainingTypes types, Database database, Supplier<AvatarSchema> schema) {
        this.operator = operator;
        this.types = types;
        this.database = database;
        this.bulk = new HttpBulk(database, schema, operator.bulk());
    }

    @Override
    public Done monitor(AvatarId id, Overrides.Change change, Actor caller) {
        Monitored answer = reached(() -> operator.monitor(id, change, caller));
        if (answer instanceof Monitored.Started) {
            return new Done(true, "watched", "Monitored" + first(answer) + ".");
        } else if (answer instanceof Monitored.AlreadyMonitored) {
            return new Done(true, "already_watched", "It is monitored already" + first(answer) + ".");
        } else if (answer instanceof Monitored.Changed changed) {
            return new Done(true, "changed", "Monitored, " + changed.overrides().words() + first(answer) + ".");
        } else if (answer instanceof Monitored.Refused refused) {
            return new Done(false, "refused", "Refused: " + refused.reason() + ".");
        }
        throw new IllegalStateException("no words for " + answer);
    }

    private static String first(Monitored answer) {
        Instant check = answer.nextCheck();
        return check == null ? "" : ", next check at " + check.truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public Done unmonitor(AvatarId id, Actor caller) {
        Unmonitored answer = reached(() -> operator.unmonitor(id, caller));
        if (!answer.monitored()) {
            return new Done(false, "not_watched", "It was not monitored.");
        }
        return new Done(
                true,
                "unwatched",
                answer.training()
                        ? "No longer monitored. It is still in TRAINING, so the next reconcile monitors it again."
                        : "No longer monitored.");
    }

    @Override
    public Optional<Done> check(AvatarId id, Actor caller) {
        Checked checked = reached(() -> operator.check(id, caller));
        if (checked.avatar() == null) {
            return Optional.empty();
        }
        String outcome = checked.outcome().words();
        return Optional.of(new Done(
                checked.done(),
                checked.outcome().column(),
                Character.toUpperCase(outcome.charAt(0))
                        + outcome.substring(1)
                        + (checked.asked() ? "; fal was asked." : "; fal was not asked.")
                        + (checked.paused() == null
                                ? ""
                                : " " + checked.paused().words() + ", "
                                        + checked.paused().untilWords() + ".")));
    }

    @Override
    public Optional<Done> cancel(AvatarId id, Actor caller) {
        CancelOutcome outcome = reached(() -> operator.cancel(id, caller));
        return outcome.kind() == CancelOutcome.Kind.NO_AVATAR
                ? Optional.empty()
                : Optional.of(new Done(outcome.done(), outcome.word(), outcome.words()));
    }

    @Override
    public Done pause(Pause wanted, Actor caller) {
        if (wanted.type() != null && types.find(wanted.type()).isEmpty()) {
            return new Done(
                    false,
                    "unknown_type",
                    "There is no training type " + UntrustedText.cell(wanted.type()) + "; types are " + types.words()
                            + ".");
        }
        PollingPause pause = reached(() -> operator.pause(wanted.type(), wanted.reason(), wanted.length(), caller));
        return new Done(true, "paused", pause.words() + ", " + pause.untilWords() + ".");
    }

    @Override
    public Done resume(@Nullable String type, Actor caller) {
        List<PollingPause> ended = reached(() -> operator.resume(type, caller));
        return new Done(
                !ended.isEmpty(),
                ended.isEmpty() ? "not_paused" : "resumed",
                OperatorPauses.resumed(ended, operator.paused()));
    }

    @Override
    public Optional<String> problem(AvatarSelection where) {
        return where.problem(database, types);
    }

    @Override
    public Optional<BulkDone> bulk(Bulk wanted, Actor caller) {
        return reached(() -> bulk.run(wanted, caller));
    }

    @Override
    public Done reconcile(Actor caller) {
        if (!reconciling.compareAndSet(false, true)) {
            return new Done(false, "running", "A reconcile requested before is still running on this worker.");
        }
        try {
            String words =
                    reached(() -> operator.reconcile("reconcile", caller)).words();
            return new Done(true, "reconciled", Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".");
        } finally {
            reconciling.set(false);
        }
    }

    private static <T> T reached(Supplier<T> action) {
        try {
            return action.get();
        } catch (ScheduleException away) {
            throw new UnavailableException(away);
        }
    }
}
