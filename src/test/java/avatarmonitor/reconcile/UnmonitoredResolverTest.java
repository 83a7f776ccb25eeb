package avatarmonitor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.check.OverrideStore;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.reconcile.Reconciling.FakeClock;
import avatarmonitor.reconcile.UnmonitoredResolver.Resolution;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each decision about an avatar without a trigger, at its boundaries; times are those of the test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UnmonitoredResolverTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Instant DAY_BEFORE = Instant.parse("2026-11-22T10:00:00Z");
    private static final Duration MICROSECOND = Duration.ofNanos(1_000);

    /** One database for all tests of the class: each has an avatar of its own. */
    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final Database database = fresh.database();
    private final Avatars rows = new Avatars(database);
    private final AvatarStore avatars = AvatarStore.read(database, Types.SHIPPED);
    private final Set<String> paused = new HashSet<>();
    private FakeClock clock = new FakeClock(NOW);
    private UnmonitoredResolver resolver = resolver(StalledAction.NONE);

    private UnmonitoredResolver resolver(StalledAction action) {
        return new UnmonitoredResolver(
                database,
                avatars,
                TestEvents.writer(database, clock, "worker"),
                Reconciling.config(action),
                Duration.ofHours(24),
                clock,
                paused::contains);
    }

    @BeforeEach
    void begin() {
        clock.now = NOW;
        paused.clear();
        resolver = resolver(StalledAction.NONE);
    }

    private AvatarId training(Instant started) {
        return rows.training("STYLE", "r-1", started);
    }

    private Avatar read(AvatarId id) {
        return database.<Avatar>read(connection -> avatars.find(connection, id).orElseThrow());
    }

    private @Nullable Monitoring monitoring(AvatarId id) {
        return database.read(connection -> MonitoringStore.find(connection, id)).orElse(null);
    }

    private Resolution of(AvatarId id) {
        return resolver.resolve(read(id), monitoring(id), NOW);
    }

    /** Opens monitoring of the request whose window ends then. */
    private void watched(AvatarId id, Instant windowEndsAt) {
        database.inTransaction(connection ->
                MonitoringStore.begin(connection, id, "r-1", NOW.minus(Duration.ofHours(2)), windowEndsAt));
    }

    private void deadline(AvatarId id, Instant deadline) {
        assertThat(database.<Boolean>inTransaction(connection ->
                        OverrideStore.write(connection, id, "r-1", new Overrides(null, null, deadline, null), null)))
                .isTrue();
    }

    private void set(AvatarId id, String assignment) {
        rows.run("UPDATE avatar_monitoring SET " + assignment + " WHERE avatar_id = ?", id.value());
    }

    private String detail(AvatarId id) {
        return String.valueOf(rows.row(
                                "SELECT CAST(detail AS varchar) AS detail FROM avatar_event WHERE avatar_id = ?"
                                        + " ORDER BY id DESC LIMIT 1",
                                id.value())
                        .get("detail"))
                .replace("\\\"", "\"");
    }

    @Test
    void avatarThatIsNotInTrainingIsLeftAlone() {
        AvatarId id = rows.insert("STYLE", "COMPLETED", "r-1", NOW.minusSeconds(60));
        assertThat(of(id)).isEqualTo(Resolution.UNCHANGED);
        assertThat(rows.events(id)).isEqualTo("null");
    }

    @Test
    void invalidAvatarIsReportedOnceForEachReasonAndRequest() {
        AvatarId id = rows.training("STYLE", "../x", NOW);
        assertThat(of(id)).isEqualTo(Resolution.INVALID);
        assertThat(of(id)).isEqualTo(Resolution.UNCHANGED);
        assertThat(detail(id)).contains("\"reason\":\"fal_request_id is not 1 to 64 letters, digits and hyphens\"");
        rows.run("UPDATE avatars SET fal_request_id = '../y' WHERE id = ?", id.value());
        assertThat(of(id)).as("another request").isEqualTo(Resolution.INVALID);
        rows.run("UPDATE avatars SET fal_request_id = 'r-1', training_type = 'x' WHERE id = ?", id.value());
        assertThat(of(id)).as("another reason").isEqualTo(Resolution.INVALID);
        assertThat(rows.events(id)).isEqualTo("invalid,invalid,invalid");
    }

    @Test
    void requestIdMayComeWithinTenMinutesOfTheStart() {
        Instant tenMinutesAgo = Instant.parse("2026-11-23T09:50:00Z");
        AvatarId young = rows.insert("STYLE", "TRAINING", null, tenMinutesAgo.plus(MICROSECOND));
        AvatarId late = rows.insert("STYLE", "TRAINING", null, tenMinutesAgo);
        AvatarId strange = rows.training("STYLE", "a b", NOW);
        AvatarId without = rows.insert("STYLE", "TRAINING", null, null);

        assertThat(of(young)).isEqualTo(Resolution.UNCHANGED);
        assertThat(rows.events(young)).isEqualTo("null");
        assertThat(of(late)).isEqualTo(Resolution.INVALID);
        assertThat(of(strange)).as("an id that is there").isEqualTo(Resolution.INVALID);
        assertThat(of(without)).as("no start").isEqualTo(Resolution.INVALID);
    }

    @Test
    void trainingOfOneDayIsMonitoredAndAnOlderOneStalls() {
        AvatarId young = training(DAY_BEFORE);
        AvatarId old = training(DAY_BEFORE.minus(MICROSECOND));

        assertThat(of(young)).isEqualTo(Resolution.ELIGIBLE);
        assertThat(of(old)).isEqualTo(Resolution.STALLED);
        assertThat(of(old)).as("known").isEqualTo(Resolution.UNCHANGED);

        assertThat(rows.events(young)).isEqualTo("null");
        assertThat(rows.events(old)).isEqualTo("stalled");
        assertThat(detail(old))
                .contains("\"started_at\":\"2026-11-22T09:59:59.999999Z\"", "\"max_age_s\":86400")
                .doesNotContain("set_to_error", "reason");
        assertThat(rows.row(old)).containsEntry("status", "TRAINING");
    }

    @Test
    void ageCountsByTheDatabasesClockWhenTheEndIsWritten() {
        AvatarId id = training(DAY_BEFORE.minus(MICROSECOND));
        clock.now = NOW.minus(MICROSECOND);
        assertThat(of(id)).isEqualTo(Resolution.ELIGIBLE);
        assertThat(rows.events(id)).isEqualTo("null");
    }

    @Test
    void stalledTrainingBecomesAnErrorWhereThatIsConfigured() {
        AvatarId id = training(DAY_BEFORE.minusSeconds(1));
        resolver = resolver(StalledAction.ERROR);

        assertThat(of(id)).isEqualTo(Resolution.STALLED);

        assertThat(rows.row(id))
                .containsEntry("status", "ERROR")
                .containsEntry("training_error", "stalled: fal did not end the training within 1440 minutes");
        assertThat(detail(id))
                .contains(
                        "\"reason\":\"stalled: fal did not end the training within 1440 minutes\"",
                        "\"set_to_error\":true");
    }

    /** It was read with a thousand others, and is decided about when they are. */
    @ParameterizedTest
    @CsvSource({
        "NONE, status = 'COMPLETED'",
        "ERROR, status = 'COMPLETED'",
        "NONE, fal_request_id = 'r-2'",
        "ERROR, fal_request_id = 'r-2'"
    })
    void avatarThatHasChangedSinceItWasReadDoesNotStall(StalledAction action, String change) {
        AvatarId id = training(DAY_BEFORE.minusSeconds(1));
        Avatar before = read(id);
        rows.run("UPDATE avatars SET " + change + " WHERE id = ?", id.value());
        resolver = resolver(action);

        assertThat(resolver.resolve(before, null, NOW)).isEqualTo(Resolution.UNCHANGED);

        assertThat(rows.events(id)).isEqualTo("null");
        assertThat(monitoring(id)).isNull();
        assertThat(rows.row(id)).containsEntry("training_error", null);
    }

    @Test
    void stalledTrainingThatTheDatabaseKeepsFromErrorStaysInTraining() {
        AvatarId id = training(DAY_BEFORE.minusSeconds(1));
        resolver = resolver(StalledAction.ERROR);
        rows.run("ALTER TABLE avatars ADD CONSTRAINT no_error CHECK (status <> 'ERROR' OR id <> '" + id + "')");
        try {
            assertThat(of(id)).isEqualTo(Resolution.STALLED);
        } finally {
            rows.run("ALTER TABLE avatars DROP CONSTRAINT no_error");
        }
        assertThat(rows.row(id)).containsEntry("status", "TRAINING");
        assertThat(detail(id)).contains("\"set_to_error\":false");
    }

    /** Without the action nothing was written to the avatar that could be refused. */
    @Test
    void refusalByOurOwnTablesIsAFailure() {
        AvatarId id = training(DAY_BEFORE.minusSeconds(1));
        rows.run("ALTER TABLE avatar_monitoring ADD CONSTRAINT refused CHECK (avatar_id <> '" + id + "')");
        try {
            assertThatThrownBy(() -> of(id)).isInstanceOf(StoreException.class);
        } finally {
            rows.run("ALTER TABLE avatar_monitoring DROP CONSTRAINT refused");
        }
        assertThat(rows.events(id)).isEqualTo("null");
    }

    /** The window ended without a last check, since no worker ran. */
    @Test
    void windowThatHasPassedIsRecordedAndMonitoringStartsAgain() {
        AvatarId open = training(NOW.minus(Duration.ofHours(3)));
        watched(open, NOW.plus(MICROSECOND));
        AvatarId over = training(NOW.minus(Duration.ofHours(3)));
        watched(over, NOW);

        assertThat(of(open)).isEqualTo(Resolution.ELIGIBLE);
        assertThat(rows.events(open)).isEqualTo("null");
        assertThat(of(over)).isEqualTo(Resolution.ELIGIBLE);
        assertThat(rows.events(over)).isEqualTo("window_expired");
        assertThat(detail(over)).contains("\"noticed_by\":\"reconcile\"");
        assertThat(of(over)).as("its end is recorded").isEqualTo(Resolution.ELIGIBLE);
        assertThat(rows.events(over)).isEqualTo("window_expired");
    }

    @Test
    void windowOfAnEarlierRequestSaysNothing() {
        AvatarId id = training(NOW.minus(Duration.ofHours(3)));
        watched(id, NOW.minusSeconds(60));
        rows.run("UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?", id.value());
        assertThat(of(id)).isEqualTo(Resolution.ELIGIBLE);
        assertThat(rows.events(id)).isEqualTo("null");
    }

    /** fal has ended the training; its answer waits until the database accepts it. */
    @ParameterizedTest
    @CsvSource({"1, r-1, ELIGIBLE", "0, r-1, STALLED", "1, r-2, STALLED"})
    void trainingWhoseEndWaitsToBeWrittenIsMonitoredAtAnyAge(int refusals, String request, Resolution settled) {
        AvatarId id = training(DAY_BEFORE.minus(Duration.ofDays(9)));
        watched(id, NOW.plusSeconds(60));
        set(id, "write_refusals = " + refusals);
        rows.run("UPDATE avatars SET fal_request_id = ? WHERE id = ?", request, id.value());
        resolver = resolver(StalledAction.ERROR);
        assertThat(of(id)).isEqualTo(settled);
        assertThat(rows.row(id)).containsEntry("status", settled == Resolution.ELIGIBLE ? "TRAINING" : "ERROR");
    }

    @Test
    void endThatWaitsIsKeptWhenItsWindowHasPassed() {
        AvatarId id = training(DAY_BEFORE.minus(Duration.ofDays(9)));
        watched(id, NOW);
        set(id, "write_refusals = 1");
        resolver = resolver(StalledAction.ERROR);
        assertThat(of(id)).isEqualTo(Resolution.ELIGIBLE);
        assertThat(rows.row(id)).containsEntry("status", "TRAINING");
        assertThat(rows.events(id)).isEqualTo("window_expired");
    }

    @Test
    void deadlineReplacesTheLargestAgeUntilItsLastCheckFoundNoEnd() {
        AvatarId id = training(DAY_BEFORE.minus(Duration.ofDays(9)));
        watched(id, NOW.plusSeconds(60));
        deadline(id, NOW.minusSeconds(1));
        assertThat(of(id)).as("its last check is still to come").isEqualTo(Resolution.ELIGIBLE);
        set(id, "outcome = 'window_expired'");
        assertThat(of(id)).isEqualTo(Resolution.ELIGIBLE);
        set(id, "outcome = 'timed_out'");
        assertThat(of(id)).as("told when it timed out").isEqualTo(Resolution.UNCHANGED);

        resolver = resolver(StalledAction.ERROR);
        assertThat(of(id)).isEqualTo(Resolution.STALLED);
        assertThat(rows.row(id))
                .containsEntry(
                        "training_error",
                        "timed out: fal did not end the training before its deadline 2026-11-23T09:59:59Z");
    }

    @Test
    void deadlineOfAnEarlierRequestDoesNotCount() {
        AvatarId id = training(DAY_BEFORE.minusSeconds(1));
        watched(id, NOW.plusSeconds(60));
        deadline(id, NOW.plusSeconds(60));
        assertThat(of(id)).isEqualTo(Resolution.ELIGIBLE);
        rows.run("UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?", id.value());
        assertThat(of(id)).isEqualTo(Resolution.STALLED);
    }

    @Test
    void trainingOfAPausedTypeDoesNotStall() {
        AvatarId id = training(DAY_BEFORE.minus(Duration.ofDays(9)));
        paused.add("PORTRAIT");
        paused.add("STYLE");
        assertThat(of(id)).isEqualTo(Resolution.ELIGIBLE);
        paused.remove("STYLE");
        assertThat(of(id)).isEqualTo(Resolution.STALLED);
    }

    @Test
    void pausedTrainingWaitsAfterItsDeadlineForItsLastCheck() {
        AvatarId id = training(NOW.minus(Duration.ofHours(3)));
        watched(id, NOW.plusSeconds(60));
        paused.add("STYLE");
        deadline(id, NOW.plus(MICROSECOND));
        assertThat(of(id)).isEqualTo(Resolution.ELIGIBLE);
        deadline(id, NOW);
        assertThat(of(id)).isEqualTo(Resolution.UNCHANGED);
        set(id, "write_refusals = 1");
        assertThat(of(id)).as("its end is known").isEqualTo(Resolution.ELIGIBLE);
        set(id, "write_refusals = 0");
        paused.clear();
        assertThat(of(id)).as("after the pause").isEqualTo(Resolution.ELIGIBLE);
    }
}
