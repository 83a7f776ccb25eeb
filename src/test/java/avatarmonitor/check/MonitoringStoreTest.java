package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.MonitoringStore.Begun;
import avatarmonitor.check.MonitoringStore.Outcome;
import avatarmonitor.check.decision.NextAction.Observed;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Latches;
import avatarmonitor.testing.Locks;
import avatarmonitor.testing.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which writes to the monitoring state take effect, and what they return. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_15"})
final class MonitoringStoreTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final Instant WINDOW_END = Instant.parse("2026-11-23T11:00:00Z");

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final Avatars avatars;
    private final AvatarId id = new AvatarId(UUID.randomUUID());

    MonitoringStoreTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        avatars = new Avatars(database);
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void beginningTellsWhatWasBefore() {
        assertThat(begin("r-1")).isEqualTo(Begun.FIRST);
        assertThat(begin("r-1")).isEqualTo(Begun.LOST);
        assertThat(end(null, Outcome.GAVE_UP)).isTrue();
        assertThat(begin("r-1")).isEqualTo(Begun.AGAIN);
        assertThat(begin("r-2")).isEqualTo(Begun.FIRST);
        assertThat(row()).containsEntry("fal_request_id", "r-2").containsEntry("rounds", "1");
    }

    @Test
    void beginningOfManyTellsOfEachWhatWasBefore() {
        AvatarId other = new AvatarId(UUID.randomUUID());
        begin("r-1");
        Map<AvatarId, Begun> begun = database.inTransaction(connection -> MonitoringStore.beginAll(
                connection,
                List.of(
                        new MonitoringStore.Beginning(id, "r-1", WINDOW_END),
                        new MonitoringStore.Beginning(other, "r-9", WINDOW_END)),
                START));
        assertThat(begun).isEqualTo(Map.of(id, Begun.LOST, other, Begun.FIRST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"window_expired", "gave_up"})
    void failuresGoOnCountingOnlyAcrossTheEndOfAWindow(String outcome) {
        begin("r-1");
        observe("r-1", 0, 7);
        avatars.run("UPDATE avatar_monitoring SET outcome = ?", outcome);
        begin("r-1");
        assertThat(row())
                .containsEntry("failures_in_row", outcome.equals("window_expired") ? "7" : "0")
                .containsEntry("rounds", "2")
                .containsEntry("outcome", null);
    }

    @Test
    void resultIsRecordedOnceAndForItsRequestOnly() {
        begin("r-1");
        assertThat(observe("r-2", 0, 1)).isFalse();
        assertThat(observe("r-1", 1, 1)).isFalse();
        assertThat(observe("r-1", 0, 1)).isTrue();
        assertThat(observe("r-1", 0, 5)).isFalse();
        assertThat(row()).containsEntry("checks", "1").containsEntry("failures_in_row", "1");
    }

    @Test
    void monitoringEndsOnceAndForItsRequestOnly() {
        begin("r-1");
        assertThat(end("r-2", Outcome.FAILED)).isFalse();
        assertThat(end("r-1", Outcome.FAILED)).isTrue();
        assertThat(end("r-1", Outcome.COMPLETED)).isFalse();
        assertThat(end(null, Outcome.COMPLETED)).isFalse();
        assertThat(row()).containsEntry("outcome", "failed");
    }

    @Test
    void retrainingResetsTheStateOfItsPreviousRequestOnly() {
        begin("r-1");
        observe("r-1", 0, 4);
        avatars.run(
                "UPDATE avatar_monitoring SET check_asked_at = last_checked_at, endpoint = 'fal-ai/old', deadline = last_checked_at");
        assertThat(restart("r-0")).isFalse();
        assertThat(row()).containsEntry("fal_request_id", "r-1").containsEntry("checks", "1");
        assertThat(restart("r-1")).isTrue();
        assertThat(row())
                .containsEntry("fal_request_id", "r-2")
                .containsEntry("checks", "0")
                .containsEntry("failures_in_row", "0")
                .containsEntry("last_fal_status", null)
                .containsEntry("check_asked_at", null)
                .containsEntry("endpoint", null)
                .containsEntry("deadline", null)
                .containsEntry("last_worker", null);
    }

    @Test
    void stalledTrainingIsMarkedOnceAlsoWithoutMonitoring() {
        assertThat(stalled("r-1")).isTrue();
        assertThat(row())
                .containsEntry("fal_request_id", "r-1")
                .containsEntry("outcome", "stalled")
                .containsEntry("rounds", "1");
        assertThat(stalled("r-1")).isFalse();
        begin("r-1");
        assertThat(stalled("r-1")).as("monitored again").isTrue();
        assertThat(row()).containsEntry("rounds", "2");
        assertThat(stalled("r-2")).as("another training").isTrue();
        assertThat(row()).containsEntry("fal_request_id", "r-2");
    }

    @Test
    void trainingPastItsDeadlineIsNotMarkedAsStalled() {
        begin("r-1");
        end("r-1", Outcome.TIMED_OUT);
        assertThat(stalled("r-1")).isFalse();
        assertThat(row()).containsEntry("outcome", "timed_out");
    }

    @Test
    void lockedStateIsThatAfterTheTransactionThatHoldsIt() throws Exception {
        begin("r-1");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch commit = new CountDownLatch(1);
        CompletableFuture<Begun> other = Background.supply(() -> database.inTransaction(connection -> {
            Begun kind = MonitoringStore.begin(connection, id, "r-1", START, WINDOW_END.plusSeconds(60));
            begun.countDown();
            Latches.awaitLatch(commit);
            return kind;
        }));
        begun.await();
        CompletableFuture<Instant> locked = Background.supply(() -> database.inTransaction(
                connection -> MonitoringStore.lock(connection, id).orElseThrow().windowEndsAt()));
        Locks.awaitWaiting(database);
        commit.countDown();
        assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(Begun.LOST);
        assertThat(locked.get(60, TimeUnit.SECONDS)).isEqualTo("2026-11-23T11:01:00Z");
    }

    @Test
    void requestOfAnAvatarIsTheMonitoredOne() {
        begin("r-1");
        AvatarId other = new AvatarId(UUID.randomUUID());
        assertThat(read(id)).isEqualTo("r-1");
        assertThat(read(other)).isNull();
        assertThat(read(null)).isNull();
    }

    private Begun begin(String request) {
        return database.inTransaction(connection -> MonitoringStore.begin(connection, id, request, START, WINDOW_END));
    }

    private boolean observe(String request, long before, int failures) {
        Observed seen = new Observed("IN_PROGRESS", null, null, failures, null, null, START);
        return database.inTransaction(
                connection -> MonitoringStore.observe(connection, id, request, before, seen, "worker-1"));
    }

    private boolean end(@Nullable String request, Outcome outcome) {
        return database.inTransaction(connection -> MonitoringStore.end(connection, id, request, outcome, null, START));
    }

    private boolean restart(String previous) {
        return database.inTransaction(
                connection -> MonitoringStore.restart(connection, id, previous, "r-2", START, WINDOW_END));
    }

    private boolean stalled(String request) {
        return database.inTransaction(connection -> MonitoringStore.stalled(connection, id, request, START));
    }

    private @Nullable String read(@Nullable AvatarId avatar) {
        return database.<Optional<String>>read(
                        connection -> Optional.ofNullable(MonitoringStore.requestOf(connection, avatar)))
                .orElse(null);
    }

    private Map<String, @Nullable String> row() {
        return avatars.row("SELECT * FROM avatar_monitoring WHERE avatar_id = ?", id.value());
    }
}
