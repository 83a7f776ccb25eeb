package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.MonitoringStore.Beginning;
import avatarmonitor.check.MonitoringStore.Begun;
import avatarmonitor.check.MonitoringStore.Outcome;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Starting monitoring of many avatars at once leaves the same rows as one by one. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class BeginAllTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00.123456Z");
    private static final Duration WINDOW = Duration.ofHours(1);

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final Avatars avatars;
    private final ScriptedFal fal = new ScriptedFal();
    private Instant now = START;
    private final StatusCheck check;

    BeginAllTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        avatars = new Avatars(database);
        check = Checks.asking(fal, database, () -> now);
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void eachKindOfBeginningLeavesWhatItAloneWouldLeave() {
        List<Pair> pairs = List.of(
                new Pair(Begun.FIRST, "r-1", id -> {}),
                new Pair(Begun.AGAIN, "r-1", id -> {
                    begin(id, "r-1");
                    doubted(id);
                    end(id);
                }),
                new Pair(Begun.LOST, "r-1", id -> {
                    begin(id, "r-1");
                    doubted(id);
                }),
                new Pair(Begun.FIRST, "r-2", id -> {
                    begin(id, "r-1");
                    doubted(id);
                    end(id);
                }),
                new Pair(Begun.FIRST, "r-2", id -> {
                    begin(id, "r-1");
                    avatars.run(
                            "UPDATE avatar_monitoring SET fal_request_id = NULL, rounds = 5 WHERE avatar_id = ?",
                            id.value());
                }));
        pairs.forEach(pair -> pair.before.on(pair.alone));
        pairs.forEach(pair -> pair.before.on(pair.among));
        now = START.plusSeconds(7200);

        pairs.forEach(pair -> assertThat(begin(pair.alone, pair.request)).isEqualTo(pair.kind));
        Map<AvatarId, Begun> begun = beginAll(pairs.stream()
                .map(pair -> new Beginning(pair.among, pair.request, now.plus(WINDOW)))
                .toList());

        assertThat(begun).hasSameSizeAs(pairs);
        for (Pair pair : pairs) {
            assertThat(begun).containsEntry(pair.among, pair.kind);
            assertThat(watch(pair.among)).isEqualTo(watch(pair.alone)).isNotEmpty();
        }
    }

    /** The same history for an avatar that starts alone and one that starts in a batch. */
    private static final class Pair {
        private final Begun kind;
        private final String request;
        private final Before before;
        private final AvatarId alone = new AvatarId(UUID.randomUUID());
        private final AvatarId among = new AvatarId(UUID.randomUUID());

        Pair(Begun kind, String request, Before before) {
            this.kind = kind;
            this.request = request;
            this.before = before;
        }
    }

    private interface Before {
        void on(AvatarId id);
    }

    /** The application may retrain an avatar, whose trigger is gone, with another trainer. */
    @Test
    void retrainingIsAskedForWhereItsOwnTypeIsTrained() {
        AvatarId id = new AvatarId(UUID.randomUUID());
        begin(id, "r-1");
        doubted(id);
        avatars.run("UPDATE avatars SET training_type = 'PORTRAIT', fal_request_id = 'r-2' WHERE id = ?", id.value());
        beginAll(List.of(new Beginning(id, "r-2", now.plus(WINDOW))));
        fal.asked.clear();
        fal.status = new FalAnswer.InQueue(0);
        check.check(id, false);
        assertThat(fal.asked).containsExactly("status fal-ai/portrait r-2");
    }

    @Test
    void eachWatchHasItsOwnWindow() {
        List<Beginning> beginnings = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            beginnings.add(new Beginning(new AvatarId(UUID.randomUUID()), "r-" + i, now.plusSeconds(i)));
        }
        assertThat(beginAll(beginnings))
                .hasSize(1_000)
                .allSatisfy((id, kind) -> assertThat(kind).isEqualTo(Begun.FIRST));
        Beginning last = beginnings.get(999);
        assertThat(database.<Monitoring>read(connection ->
                        MonitoringStore.find(connection, last.id()).orElseThrow()))
                .isEqualTo(Monitoring.unknown("r-999", START.plusSeconds(999)));
    }

    @Test
    void nothingBeginsWhenNothingIsNamed() {
        assertThat(beginAll(List.of())).isEmpty();
    }

    private Begun begin(AvatarId id, String request) {
        return database.inTransaction(
                connection -> MonitoringStore.begin(connection, id, request, now, now.plus(WINDOW)));
    }

    private Map<AvatarId, Begun> beginAll(List<Beginning> beginnings) {
        return database.inTransaction(connection -> MonitoringStore.beginAll(connection, beginnings, now));
    }

    /** Leaves a value in every column: an error, a doubt and a check. */
    private void doubted(AvatarId id) {
        avatars.run(
                "INSERT INTO avatars (id, training_type, status, fal_request_id, training_started_at) VALUES (?, 'STYLE', 'TRAINING', 'r-1', ?)",
                id.value(),
                START.atOffset(java.time.ZoneOffset.UTC));
        fal.status = new FalAnswer.InQueue(3);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        fal.status = new FalAnswer.NotFound("NOT_FOUND");
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "slow");
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        avatars.run("""
                UPDATE avatar_monitoring SET queue_position = 3, check_asked_at = last_checked_at, write_refusals = 2,
                    window_seconds = 60, interval_seconds = 30, deadline = last_checked_at, priority = 7,
                    next_request_by = last_checked_at
                WHERE avatar_id = ?""", id.value());
        Map<String, @Nullable String> full = watch(id);
        full.keySet().removeAll(List.of("outcome", "ended_at"));
        assertThat(full).as("every column but those of an end").doesNotContainValue(null);
    }

    private void end(AvatarId id) {
        database.inTransaction(
                connection -> MonitoringStore.end(connection, id, "r-1", Outcome.WINDOW_EXPIRED, null, now));
    }

    private Map<String, @Nullable String> watch(AvatarId id) {
        Map<String, @Nullable String> row =
                avatars.row("SELECT * FROM avatar_monitoring WHERE avatar_id = ?", id.value());
        row.remove("avatar_id");
        return row;
    }
}
