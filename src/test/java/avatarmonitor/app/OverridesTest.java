package avatarmonitor.app;

import static avatarmonitor.app.MonitorFixture.ADA;
import static avatarmonitor.app.MonitorFixture.PORTRAIT;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.check.decision.RequestDemand;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.inspect.Overview;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Window, interval, deadline and priority of a single training. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class OverridesTest {
    private final Instant deadline = Instant.now().plus(Duration.ofHours(2)).truncatedTo(ChronoUnit.SECONDS);

    @AutoClose
    private final MonitorFixture fixture;

    private final Database database;
    private final Avatars avatars;

    OverridesTest(TestDatabase kind) {
        fixture = new MonitorFixture(kind);
        database = fixture.database;
        avatars = fixture.avatars;
    }

    private Operator operator() {
        return fixture.monitor.operator();
    }

    private AvatarId training(String request, Duration age) {
        return fixture.training(request, age, Scenario.standard());
    }

    private Monitored monitor(AvatarId id, Overrides given) {
        return operator().monitor(id, new Overrides.Change(false, given), ADA);
    }

    private static Overrides until(@Nullable Instant deadline) {
        return new Overrides(null, null, deadline, null);
    }

    /** Settings of its row, the interval of its trigger, and whether that fires at the deadline. */
    private String stored(AvatarId id) {
        return Sql.rows(
                        database,
                        "SELECT w.window_seconds, w.interval_seconds, w.priority, s.REPEAT_INTERVAL,"
                                + " mod(" + deadline.toEpochMilli() + " - t.START_TIME, s.REPEAT_INTERVAL), "
                                + " t.END_TIME > " + deadline.toEpochMilli()
                                + " FROM v_watched w JOIN QRTZ_TRIGGERS t ON t.TRIGGER_NAME = CAST(w.avatar_id AS varchar)"
                                + " JOIN QRTZ_SIMPLE_TRIGGERS s ON s.TRIGGER_NAME = t.TRIGGER_NAME"
                                + " WHERE w.avatar_id = '" + id + "'")
                .stream()
                .map(row -> row.replace("TRUE", "true").replace("|t", "|true").replace("|truerue", "|true"))
                .reduce("", String::concat);
    }

    private String outcome(AvatarId id) {
        return Sql.rows(
                        database,
                        "SELECT coalesce(outcome, 'open') FROM avatar_monitoring WHERE avatar_id = '" + id + "'")
                .get(0);
    }

    @Test
    void theyHoldAfterRestartRepairAndReconcileUntilTheNextRequest() {
        AvatarId id = training("r-1", Duration.ofMinutes(5));
        Overrides wanted = new Overrides(Duration.ofHours(3), Duration.ofSeconds(30), deadline, 8);
        assertThat(monitor(id, wanted))
                .isInstanceOfSatisfying(
                        Monitored.Changed.class,
                        changed -> assertThat(changed.overrides()).isEqualTo(wanted));
        assertThat(stored(id)).as("30 s instead of 60 s").isEqualTo("10800|30|8|30000|0|true");

        fixture.restart();
        avatars.run("DELETE FROM QRTZ_SIMPLE_TRIGGERS WHERE TRIGGER_NAME = ?", id.toString());
        operator().reconcile("reconcile", ADA);
        assertThat(stored(id)).as("after a repair").isEqualTo("10800|30|8|30000|0|true");

        operator().unmonitor(id, ADA);
        assertThat(operator().monitor(id, Overrides.Change.NOTHING, ADA)).isInstanceOf(Monitored.Started.class);
        assertThat(stored(id)).as("monitored again").isEqualTo("10800|30|8|30000|0|true");

        fixture.fal.register(PORTRAIT, "r-2", Scenario.standard());
        avatars.run("UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?", id.value());
        operator().check(id, ADA);
        assertThat(stored(id)).as("another request").startsWith("|||60000|");
        assertThat(avatars.events(id)).contains("overridden");
    }

    @Test
    void newRequestThatReconcileFindsStartsWithoutThem() {
        AvatarId id = training("r-1", Duration.ofMinutes(5));
        monitor(id, new Overrides(Duration.ofHours(3), Duration.ofSeconds(30), deadline, 8));
        operator().unmonitor(id, ADA);
        avatars.run("UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?", id.value());
        operator().reconcile("reconcile", ADA);
        assertThat(stored(id)).startsWith("|||60000|");
    }

    @Test
    void changeKeepsTheOtherSettingsAndClearRemovesThem() {
        AvatarId id = training("r-1", Duration.ofMinutes(5));
        assertThat(operator().monitor(id, Overrides.Change.NOTHING, ADA)).isInstanceOf(Monitored.Started.class);
        monitor(id, new Overrides(null, Duration.ofMinutes(10), null, null));
        monitor(id, new Overrides(Duration.ofHours(2), null, null, 9));
        assertThat(stored(id))
                .as("a longer interval passes fires of the usual trigger")
                .startsWith("7200|600|9|60000|");
        operator().monitor(id, new Overrides.Change(true, Overrides.NONE), ADA);
        assertThat(stored(id)).startsWith("|||60000|");
    }

    /** All workers compute their waits from these groups. */
    @Test
    void monitoredTrainingsWithAnIntervalOrAPriorityAreCountedByBoth() {
        monitor(training("r-1", Duration.ofMinutes(5)), priority(8));
        monitor(training("r-2", Duration.ofMinutes(5)), priority(8));
        AvatarId faster = training("r-3", Duration.ofMinutes(5));
        monitor(faster, new Overrides(null, Duration.ofSeconds(30), null, null));
        monitor(training("r-4", Duration.ofMinutes(5)), until(deadline));
        AvatarId stopped = training("r-5", Duration.ofMinutes(5));
        monitor(stopped, priority(1));
        operator().unmonitor(stopped, ADA);
        assertThat(Overview.read(database, Instant.now()).overridden())
                .containsExactlyInAnyOrder(
                        new RequestDemand.Group(null, 8, 2), new RequestDemand.Group(Duration.ofSeconds(30), null, 1));

        monitor(faster, priority(8));
        operator().monitor(faster, new Overrides.Change(true, priority(3)), ADA);
        assertThat(Overview.read(database, Instant.now()).overridden())
                .containsExactlyInAnyOrder(new RequestDemand.Group(null, 8, 2), new RequestDemand.Group(null, 3, 1));
    }

    private static Overrides priority(int priority) {
        return new Overrides(null, null, null, priority);
    }

    @Test
    void trainingStillRunningAtItsDeadlineHasTimedOut() {
        AvatarId id = training("r-1", Duration.ofMinutes(5));
        monitor(id, until(deadline));
        avatars.run(
                "UPDATE avatar_monitoring SET deadline = CURRENT_TIMESTAMP - INTERVAL '1' SECOND WHERE avatar_id = ?",
                id.value());
        assertThat(operator().check(id, ADA).outcome()).isEqualTo(CheckOutcome.TIMED_OUT);
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(avatars.events(id)).endsWith("timed_out,operator_action");
        assertThat(Sql.rows(database, "SELECT outcome FROM v_stalled")).containsExactly("timed_out");

        operator().reconcile("reconcile", ADA);
        assertThat(outcome(id)).as("not monitored again").isEqualTo("timed_out");
        assertThat(avatars.events(id)).doesNotContain("stalled");

        monitor(id, until(deadline));
        assertThat(outcome(id)).as("with more time").isEqualTo("open");
    }

    @Test
    void deadlineThatPassedWithoutAWorkerGetsItsLastCheck() {
        AvatarId id = training("r-1", Duration.ofMinutes(5));
        monitor(id, until(deadline));
        avatars.run(
                "UPDATE avatar_monitoring SET deadline = CURRENT_TIMESTAMP - INTERVAL '1' HOUR WHERE avatar_id = ?",
                id.value());
        avatars.run("DELETE FROM QRTZ_SIMPLE_TRIGGERS WHERE TRIGGER_NAME = ?", id.toString());
        operator().reconcile("reconcile", ADA);
        assertThat(outcome(id)).isEqualTo("open");
        assertThat(fixture.monitor.check().check(id, false)).isEqualTo(CheckOutcome.TIMED_OUT);
    }

    @Test
    void deadlineTakesThePlaceOfTheMaximumAge() {
        AvatarId id = training("r-1", Duration.ofHours(30));
        assertThat(operator().monitor(id, Overrides.Change.NOTHING, ADA)).isInstanceOf(Monitored.Refused.class);
        operator().reconcile("reconcile", ADA);
        assertThat(outcome(id)).isEqualTo("stalled");

        assertThat(monitor(id, until(deadline))).isInstanceOf(Monitored.Changed.class);
        assertThat(outcome(id)).isEqualTo("open");
        operator().unmonitor(id, ADA);
        operator().reconcile("reconcile", ADA);
        assertThat(outcome(id)).as("reconcile goes by the deadline too").isEqualTo("open");
    }

    @Test
    void refusedStartLeavesTheSettingsAsTheyWere() {
        AvatarId id = training("r-1", Duration.ofHours(30));
        assertThat(monitor(id, until(deadline))).as("never monitored before").isInstanceOf(Monitored.Changed.class);
        operator().unmonitor(id, ADA);
        assertThat(operator().monitor(id, new Overrides.Change(true, priority(8)), ADA))
                .as("without its deadline it is too old")
                .isInstanceOfSatisfying(
                        Monitored.Refused.class,
                        refused -> assertThat(refused.reason()).endsWith("longer ago than monitor.max-age"));
        avatars.run("UPDATE avatars SET status = 'ERROR' WHERE id = ?", id.value());
        assertThat(monitor(id, priority(8))).isEqualTo(new Monitored.Refused("its status is ERROR, not TRAINING"));
        assertThat(Sql.rows(database, "SELECT priority, deadline IS NULL FROM avatar_monitoring"))
                .singleElement()
                .asString()
                .matches("(?i)\\|f(alse)?");
    }

    @Test
    void settingsThatCannotHoldAreRefusedAndNothingIsMonitored() {
        AvatarId id = training("r-1", Duration.ofMinutes(5));
        assertThat(monitor(id, new Overrides(null, Duration.ofHours(2), null, null)))
                .isEqualTo(new Monitored.Refused("the interval must be from 1s to 1h, in whole seconds"));
        assertThat(monitor(id, new Overrides(Duration.ofDays(8), null, null, null)))
                .isEqualTo(new Monitored.Refused("the window must be from 1s to 7d, in whole seconds"));
        for (int wrong : new int[] {0, 11}) {
            assertThat(monitor(id, new Overrides(null, null, null, wrong)))
                    .isEqualTo(new Monitored.Refused(
                            "the priority must be a whole number from 1 to 10; 5 is that of all other trainings"));
        }
        assertThat(monitor(id, until(Instant.parse("2020-01-01T00:00:00Z"))))
                .isEqualTo(new Monitored.Refused(
                        "the deadline 2020-01-01T00:00:00Z has passed; it must be later than now"));
        assertThat(monitor(id, new Overrides(Duration.ofSeconds(30), null, null, null)))
                .isEqualTo(new Monitored.Refused(
                        "the interval of 60 s is longer than the window of 30 s, so that nothing would be checked"));
        assertThat(avatars.count("SELECT count(*) FROM QRTZ_SIMPLE_TRIGGERS WHERE TRIGGER_GROUP = 'avatar'"))
                .isZero();
    }
}
