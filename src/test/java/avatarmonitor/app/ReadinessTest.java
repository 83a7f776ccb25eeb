package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.event.Actor;
import avatarmonitor.pause.PollingPause;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.QuartzRows;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** When a worker is ready, and what it reports when it is not. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ReadinessTest {
    private final TestDatabase.Fresh fresh;
    private final Avatars avatars;
    private final KnownChecks checks = new KnownChecks();
    private final Readiness readiness;

    /** Check state set by the test. */
    private static final class KnownChecks {
        private boolean dead;
        private boolean firing = true;
        private Optional<String> wrongClock = Optional.empty();
        private Duration sinceLast = Duration.ZERO;
        private Optional<String> unwritten = Optional.empty();

        private Readiness.Checks read() {
            return new Readiness.Checks(() -> dead, () -> firing, () -> wrongClock, () -> sinceLast, () -> unwritten);
        }
    }

    private List<PollingPause> pauses = List.of();

    ReadinessTest(TestDatabase kind) {
        fresh = kind.fresh();
        avatars = new Avatars(fresh.database());
        readiness = new Readiness(
                checks.read(), new DatabaseProbe(fresh.database(), "w1"), InstantSource.system(), () -> pauses);
        checkIn(0);
        avatars.run("""
                INSERT INTO avatar_monitor_worker_status (instance, at, started_at, version, clock_behind_ms, checks_per_second)
                VALUES ('w1', current_timestamp, current_timestamp, '1', 0, 0)""");
    }

    @Test
    void pauseByAnOperatorIsNamedAndTheWorkerIsReady() {
        assertThat(readiness.note()).isEmpty();
        Instant until = Instant.parse("2026-11-29T12:25:00Z");
        pauses = List.of(new PollingPause(null, until, until, "secret plan", new Actor("ada", "cli", "here")));
        assertThat(readiness.trouble()).isEmpty();
        assertThat(readiness.note()).contains("polling is paused by an operator until 2026-11-29T12:25:00Z");
    }

    private void checkIn(int secondsAgo) {
        avatars.run("DELETE FROM qrtz_scheduler_state");
        avatars.run(
                "INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'w1', ?, 2000)",
                Instant.now().minusSeconds(secondsAgo).toEpochMilli());
    }

    private void due(int secondsAgo) {
        Sql.run(
                fresh.database(),
                QuartzRows.STATUS_CHECK_JOB,
                QuartzRows.trigger("a", Instant.now().minusSeconds(secondsAgo).toEpochMilli()));
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void isReadyWhileEverythingGoesOn() {
        due(900);
        assertThat(readiness.trouble())
                .as("overload: late, but checks are made")
                .isEmpty();
    }

    @Test
    void checksThatAreDueAndNotMadeAreNamed() {
        checks.sinceLast = Duration.ofSeconds(61);
        assertThat(readiness.trouble()).as("nothing to do").isEmpty();
        due(65);
        assertThat(readiness.trouble())
                .hasValueSatisfying(why ->
                        assertThat(why).matches("no check was made for 61 s although one has been due for 6\\d s"));
        checks.sinceLast = Duration.ofSeconds(60);
        assertThat(readiness.trouble()).isEmpty();
    }

    @Test
    void whatTheProcessKnowsIsSaid() {
        checks.unwritten = Optional.of("SQLState 53100");
        assertThat(readiness.trouble()).contains("results of checks cannot be recorded: SQLState 53100");
        checks.wrongClock = Optional.of("the clock is off by 3 s");
        assertThat(readiness.trouble()).contains("the clock is off by 3 s: nothing is checked until it is right");
        checks.firing = false;
        assertThat(readiness.trouble()).contains("the scheduler does not fire");
        checks.dead = true;
        assertThat(readiness.trouble()).contains("the worker cannot go on and ends");
    }

    @Test
    void checkInThatStandsStillIsSaid() {
        checkIn(30);
        assertThat(readiness.trouble()).contains("the last check-in is not fresh");
    }

    @Test
    void missingTableIsSaid() {
        Sql.run(fresh.database(), "ALTER TABLE avatars RENAME TO other");
        assertThat(readiness.trouble()).contains("the table avatars is missing or another one");
    }
}
