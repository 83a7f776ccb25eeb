package avatarmonitor.app;

import static avatarmonitor.app.MonitorFixture.ADA;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.web.Actions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The reported outcome of an operator's action agrees with its effect. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_15"})
final class OperatorTest {
    @AutoClose
    private final MonitorFixture fixture;

    private final Monitor monitor;

    OperatorTest(TestDatabase kind) {
        fixture = new MonitorFixture(kind);
        monitor = fixture.monitor;
    }

    private AvatarId training(String request) {
        return fixture.training(request, Duration.ofMinutes(5), Scenario.stalled(Course.Stall.IN_PROGRESS));
    }

    private Monitored monitored(AvatarId id) {
        return monitor.operator().monitor(id, Overrides.Change.NOTHING, ADA);
    }

    @Test
    void checkThatSentNoRequestIsNotDoneUnlessNoneWasNecessary() {
        Actions actions = new HttpActions(
                monitor.operator(), monitor.avatars().types(), fixture.database, monitor.avatars()::schema);
        AvatarId held = training("req-1");
        AvatarId over = fixture.avatars.insert("PORTRAIT", "COMPLETED", "req-2", Instant.now());
        fixture.fal.inject(Fault.rateLimited(Duration.ofMinutes(5), Effect.RetryAfter.SECONDS));

        assertThat(actions.check(held, ADA)).contains(new Actions.Done(false, "waiting", "Waiting; fal was asked."));
        assertThat(actions.check(held, ADA))
                .contains(new Actions.Done(false, "waiting", "Waiting; fal was not asked."));
        assertThat(actions.check(over, ADA))
                .contains(new Actions.Done(true, "not_training", "Not training; fal was not asked."));
        assertThat(fixture.fal.calls()).hasSize(1);
    }

    @Test
    void trainingWhoseTriggerWasLostWasMonitored() {
        AvatarId id = training("req-1");
        monitored(id);
        Sql.run(
                fixture.database,
                "DELETE FROM qrtz_simple_triggers WHERE trigger_group = 'avatar'",
                "DELETE FROM qrtz_triggers WHERE trigger_group = 'avatar'");
        assertThat(monitor.operator().unmonitor(id, ADA).monitored()).isTrue();
        assertThat(monitor.operator().unmonitor(id, ADA).monitored()).isFalse();
        assertThat(Sql.rows(fixture.database, "SELECT type FROM avatar_event WHERE type = 'unwatched'"))
                .hasSize(1);
    }

    @Test
    void retrainedAvatarThatIsMonitoredAgainIsDueAtOnce() {
        AvatarId id = training("req-1");
        monitored(id);
        Sql.run(
                fixture.database,
                "UPDATE qrtz_triggers SET next_fire_time = next_fire_time + 3000000 WHERE trigger_group = 'avatar'",
                "UPDATE avatars SET fal_request_id = 'req-2'");
        monitored(id);
        assertThat(Sql.rows(
                        fixture.database,
                        "SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'avatar' AND next_fire_time <= "
                                + Instant.now().toEpochMilli()))
                .containsExactly("1");
    }
}
