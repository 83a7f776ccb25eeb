package avatarmonitor.check;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.avatar.AvatarStore.Write;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingType.ModelCheck;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.check.decision.NextAction;
import avatarmonitor.check.decision.UnwrittenEnd;
import avatarmonitor.fal.FalQueue;
import avatarmonitor.fal.ModelLife;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Jdbc;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates stored answers of fal again in which no usable model was found: after {@code trainings.TYPE.outputs} was
 * corrected, a paid model is not lost. Sends no requests to fal's queue. An avatar that is still in ERROR with the same
 * request becomes COMPLETED, with an event; nothing else changes.
 */
public final class Rejudge {
    private static final Logger log = LoggerFactory.getLogger(Rejudge.class);

    /** Answers per page. */
    private static final int PAGE = 200;

    private final Database database;
    private final AvatarStore avatars;
    private final TrainingEnds ends;
    private final ModelRules model;
    private final FalQueue fal;
    private final InstantSource clock;

    Rejudge(
            Database database,
            AvatarStore avatars,
            TrainingEnds ends,
            ModelRules model,
            FalQueue fal,
            InstantSource clock) {
        this.fal = fal;
        this.database = database;
        this.avatars = avatars;
        this.ends = ends;
        this.model = model;
        this.clock = clock;
    }

    /**
     * Result of one evaluation.
     *
     * @param reason a sentence without a full stop; empty for a model
     */
    public record Verdict(Kind kind, String reason) {
        public enum Kind {
            /** A model was found and written. */
            COMPLETED,
            /** The answer still contains no usable model. */
            UNUSABLE,
            /** There is no stored answer, or the avatar has changed since. */
            SKIPPED,
            /** A model was found, and the database refuses to write it. */
            REFUSED
        }

        /** Name for programs, in lower case. */
        public String word() {
            return kind.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Evaluates the stored answer about one avatar. */
    public Verdict judge(AvatarId id) {
        Avatar avatar =
                database.read(connection -> avatars.find(connection, id)).orElse(null);
        if (avatar == null) {
            return new Verdict(Verdict.Kind.SKIPPED, "there is no such avatar");
        }
        UnwrittenEnd kept = ends.withoutModel(id).orElse(null);
        if (kept == null) {
            return new Verdict(Verdict.Kind.SKIPPED, "no result of fal without a usable model is kept about it");
        }
        if (!kept.falRequestId().equals(avatar.falRequestId())) {
            return new Verdict(Verdict.Kind.SKIPPED, "it was trained again since");
        }
        if (!avatar.isFailed()) {
            return new Verdict(Verdict.Kind.SKIPPED, "its status is " + avatar.status() + ", not ERROR");
        }
        Optional<TrainingType> type = avatars.types().find(avatar.trainingType());
        if (type.isEmpty()) {
            return new Verdict(Verdict.Kind.SKIPPED, "no training type " + avatar.trainingType() + " is configured");
        }
        if (!(kept.body() instanceof JsonObject body)) {
            return new Verdict(Verdict.Kind.UNUSABLE, "the result is no JSON object");
        }
        ModelRules.Reading reading = model.read(type.get(), body);
        if (reading instanceof ModelRules.Reading.Valid valid) {
            String warning = type.get().modelCheck() == ModelCheck.OFF
                    ? null
                    : trouble(valid.model().urls());
            return warning != null && type.get().modelCheck() == ModelCheck.REQUIRE
                    ? new Verdict(Verdict.Kind.UNUSABLE, warning)
                    : write(avatar, new NextAction.Complete(valid.model(), body, warning), kept.completed());
        }
        return new Verdict(Verdict.Kind.UNUSABLE, ((ModelRules.Reading.Unusable) reading).reason());
    }

    private @Nullable String trouble(Set<String> urls) {
        ModelLife life = fal.files(urls);
        if (life instanceof ModelLife.Gone gone) {
            return gone.detail();
        }
        return life instanceof ModelLife.Unclear unclear ? unclear.detail() : null;
    }

    private Verdict write(Avatar avatar, NextAction.Complete step, UnwrittenEnd end) {
        CheckedAvatar subject = new CheckedAvatar(avatar.id(), avatar, null, System.nanoTime());
        Write write;
        try {
            write = ends.writeRejudged(subject, step, end, clock.instant());
        } catch (StoreException e) {
            if (!e.refusesWrite()) {
                throw e;
            }
            return new Verdict(Verdict.Kind.REFUSED, e.serverMessage());
        }
        return switch (write) {
            case DONE -> {
                log.info("kept answer holds a model now avatar={} request={}", avatar.id(), end.falRequestId());
                yield new Verdict(Verdict.Kind.COMPLETED, "");
            }
            case CHANGED -> new Verdict(Verdict.Kind.SKIPPED, "it was changed concurrently");
            case REFUSED -> new Verdict(Verdict.Kind.REFUSED, "a trigger, a rule or a policy suppresses the write");
        };
    }

    /**
     * Finds all stored answers that may be evaluated, including those of avatars that are no longer in ERROR.
     *
     * @param type training type in any letter case; null for all
     * @param since older answers are left out
     * @param receiver receives each avatar at once
     */
    public void each(@Nullable String type, Instant since, Consumer<AvatarId> receiver) {
        String upper = type == null ? null : type.toUpperCase(Locale.ROOT);
        AvatarId last = null;
        List<AvatarId> page;
        do {
            AvatarId after = last;
            page = database.read(connection -> page(connection, after, upper, since));
            for (AvatarId id : page) {
                receiver.accept(id);
                last = id;
            }
        } while (page.size() == PAGE);
    }

    private List<AvatarId> page(Connection connection, @Nullable AvatarId after, @Nullable String type, Instant since)
            throws SQLException {
        String sql = """
                SELECT k.avatar_id FROM avatar_monitor_answer k JOIN avatars ON avatars.id = k.avatar_id
                WHERE k.written_at IS NOT NULL AND %s AND k.at >= ? AND (CAST(? AS uuid) IS NULL OR k.avatar_id > CAST(? AS uuid))
                  AND (CAST(? AS varchar) IS NULL OR %s = ?)
                ORDER BY k.avatar_id LIMIT ?""".formatted(AnswerStore.WITHOUT_MODEL, database.dialect().asciiUpper("avatars.training_type"));
        UUID last = after == null ? null : after.value();
        return Jdbc.list(
                connection,
                sql,
                row -> new AvatarId(row.getObject("avatar_id", UUID.class)),
                since,
                last,
                last,
                type,
                type,
                PAGE);
    }
}
