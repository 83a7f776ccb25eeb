package avatarmonitor.app;

import static avatarmonitor.app.MonitorFixture.ADA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.hint.EarlyChecks;
import avatarmonitor.hint.HintSource;
import avatarmonitor.inspect.Overview;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pause by an operator does to the trainings: nothing is asked, and nothing is made of that. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
final class OperatorPauseTest {

    @AutoClose
    private final MonitorFixture fixture;

    private final Database database;
    private final Avatars avatars;
    private Monitor monitor;

    OperatorPauseTest(TestDatabase kind) {
        fixture = new MonitorFixture(kind);
        database = fixture.database;
        avatars = fixture.avatars;
        monitor = fixture.monitor;
    }

    private AvatarId training(String request, Duration age) {
        AvatarId id = fixture.training(request, age, Scenario.standard());
        assertThat(monitor.operator().monitor(id, Overrides.Change.NOTHING, ADA))
                .isInstanceOf(Monitored.Started.class);
        return id;
    }

    private CheckOutcome check(AvatarId id) {
        return monitor.check().check(id, false);
    }

    private String stored(AvatarId id) {
        return Sql.rows(
                        database,
                        "SELECT a.status, m.checks, m.failures_in_row, m.outcome FROM avatars a"
                                + " JOIN avatar_monitoring m ON m.avatar_id = a.id WHERE a.id = '" + id + "'")
                .get(0);
    }

    @Test
    void firesPassWithoutARequestAndNothingIsCounted() {
        AvatarId id = training("r-1", Duration.ofMinutes(5));
        monitor.operator().pause(null, "maintenance", null, ADA);

        assertThat(check(id)).isEqualTo(CheckOutcome.PASSED);
        assertThat(monitor.operator().checkByHint(id).outcome()).as("a webhook").isEqualTo(CheckOutcome.PASSED);
        assertThat(stored(id)).isEqualTo("TRAINING|0|0|");
        assertThat(monitor.meters().scrape()).contains("avatar_monitor_paused_by_operator 1.0");

        assertThat(monitor.operator().resume(null, ADA)).hasSize(1);
        assertThat(monitor.meters().scrape()).contains("avatar_monitor_paused_by_operator 0.0");
        assertThat(check(id)).isNotEqualTo(CheckOutcome.PASSED);
    }

    @Test
    void hintDuringThePauseIsFollowedAfterItByAWorkerThatStartsThen() {
        AvatarId id = fixture.training("r-1", Duration.ofMinutes(5), Scenario.ended(Outcome.success()));
        monitor.operator().pause(null, "maintenance", null, ADA);
        EarlyChecks before = hints();
        assertThat(before.check(new FalRequestId("r-1"), HintSource.WEBHOOK)).isTrue();
        await().until(before::isIdle);
        before.stop();
        assertThat(fixture.fal.calls()).isEmpty();

        EarlyChecks after = hints();
        after.checkKept();
        await().until(after::isIdle);
        assertThat(fixture.fal.calls()).isEmpty();
        monitor.operator().resume(null, ADA);
        after.checkKept();
        await().until(after::isIdle);
        after.stop();
        assertThat(avatars.row(id)).containsEntry("status", "COMPLETED");
    }

    private EarlyChecks hints() {
        return new EarlyChecks(
                database,
                monitor.avatars(),
                monitor.fal()::forget,
                monitor.operator()::checkByHint,
                monitor.hints,
                "w",
                1);
    }

    @Test
    void checkByAnOperatorGoesAheadAndNamesThePause() {
        AvatarId id = training("r-1", Duration.ofMinutes(5));
        monitor.operator().pause("portrait", "maintenance", null, ADA);

        Operator.Checked checked = monitor.operator().check(id, ADA);
        assertThat(checked.heard()).as("fal's answer").isNotNull();
        assertThat(checked.paused()).isNotNull();
        assertThat(new HttpActions(monitor.operator(), monitor.avatars().types(), database, monitor.avatars()::schema)
                        .check(id, ADA)
                        .orElseThrow()
                        .message())
                .contains(
                        "Polling of PORTRAIT trainings is paused by operator ada (cli): maintenance, until it is resumed.");
    }

    @Test
    void pauseOfAnotherTypeHoldsNothing() {
        AvatarId id = training("r-1", Duration.ofMinutes(5));
        monitor.operator().pause("style", null, null, ADA);
        assertThat(check(id)).isNotEqualTo(CheckOutcome.PASSED);
    }

    /** A crash leaves the same: nothing of the pause is kept in memory only. */
    @Test
    void survivesARestartAndARepairAndKeepsTrainingsFromBecomingStalled() {
        AvatarId id = training("r-1", Duration.ofMinutes(5));
        monitor.operator().pause("PORTRAIT", null, Duration.ofHours(2), ADA);
        assertThat(monitor.check().check(id, true))
                .as("last fire of the window")
                .isEqualTo(CheckOutcome.WINDOW_EXPIRED);
        Sql.run(
                database,
                "UPDATE avatars SET training_started_at = current_timestamp - INTERVAL '3' DAY WHERE id = '" + id + "'",
                "DELETE FROM qrtz_simple_triggers",
                "DELETE FROM qrtz_triggers WHERE trigger_group = 'avatar'");
        fixture.restart();
        monitor = fixture.monitor;

        assertThat(monitor.reconciler().run())
                .satisfies(report -> assertThat(report.stalled()).isZero())
                .satisfies(report -> assertThat(report.watched()).isEqualTo(1));
        monitor.scanner().run();
        assertThat(check(id)).isEqualTo(CheckOutcome.PASSED);
        assertThat(stored(id)).isEqualTo("TRAINING|0|0|");
        assertThat(Sql.rows(database, "SELECT type FROM avatar_event WHERE type LIKE 'polling_%'"))
                .containsExactly("polling_paused_by_operator");

        monitor.operator().resume(null, ADA);
        assertThat(check(id)).as("asked again although it is too old").isNotEqualTo(CheckOutcome.PASSED);
    }

    private void assertLate(boolean late, String when) {
        assertThat(Overview.read(database, Instant.now()).counts().get("late"))
                .as(when)
                .isEqualTo(late ? 1L : 0L);
        assertThat(Integer.parseInt(Sql.rows(database, "SELECT seconds_late FROM v_watched")
                                .get(0))
                        > 61)
                .as("v_watched, " + when)
                .isEqualTo(late);
    }

    @Test
    void pausedTrainingIsNotLateUntilAnIntervalAfterThePause() {
        training("r-1", Duration.ofHours(3));
        Sql.run(
                database,
                "UPDATE avatar_monitoring SET watched_since = current_timestamp - INTERVAL '30' MINUTE,"
                        + " last_answered_at = current_timestamp - INTERVAL '20' MINUTE");
        assertLate(true, "before");
        for (String type : new String[] {"ALL", "portrait"}) {
            monitor.operator().pause(type.equals("ALL") ? null : type, null, null, ADA);
            assertLate(false, "paused " + type);
            monitor.operator().resume(null, ADA);
            assertLate(false, "just resumed " + type);
            Sql.run(database, "UPDATE avatar_monitor_pause SET ended_at = current_timestamp - INTERVAL '10' MINUTE");
            assertLate(true, "not asked since " + type);
        }
        monitor.operator().pause("style", null, null, ADA);
        assertLate(true, "another type is paused");
    }
}
