package avatarmonitor.store.clock;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.sql.Dialect;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When the clock gate is open: by wall clock, monotonic clock and the database's clock. */
final class ClockSkewDetectorTest {
    private static final Instant START = Instant.parse("2026-11-29T12:00:00Z");

    private Instant wall = START;
    private Duration databaseAhead = Duration.ZERO;
    private Duration asleep = Duration.ZERO;
    private long nanos = 42;

    private ClockSkewDetector guard(Dialect dialect) {
        return new ClockSkewDetector(dialect, () -> wall, () -> nanos, () -> asleep);
    }

    private void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }

    /** Measures a second later, like the clock watch. */
    private void look(ClockSkewDetector guard) {
        pass(Duration.ofSeconds(1));
        guard.measured(new ClockOffset(databaseAhead, Duration.ofMillis(1)), guard.read());
    }

    private void set(Duration step) {
        wall = wall.plus(step);
        databaseAhead = databaseAhead.minus(step);
    }

    @ParameterizedTest
    @ValueSource(longs = {-90_000, -7_200, -60, -3, 3, 60, 3_600, 90_000})
    void jumpClosesTheGateInTheSameCallAndTheTimeGoesOnAsBefore(long seconds) {
        for (Dialect dialect : Dialect.values()) {
            wall = START;
            nanos = 42;
            ClockSkewDetector guard = guard(dialect);
            pass(Duration.ofMinutes(7));
            assertThat(guard.isOpen()).isTrue();
            assertThat(guard.instant()).isEqualTo("2026-11-29T12:07:00Z");
            wall = wall.plusSeconds(seconds);
            assertThat(guard.instant()).isEqualTo("2026-11-29T12:07:00Z");
            assertThat(guard.isOpen()).isFalse();
            pass(Duration.ofSeconds(30));
            assertThat(guard.instant()).isEqualTo("2026-11-29T12:07:30Z");
            assertThat(guard.ahead()).isEqualTo(Duration.ofSeconds(-seconds));
        }
    }

    @Test
    void reasonSaysHowFarAndInWhichDirection() {
        ClockSkewDetector guard = guard(Dialect.H2);
        set(Duration.ofHours(-2));
        assertThat(guard.trouble()).contains("the clock of this machine jumped by 7200.0 s back");
        ClockSkewDetector other = guard(Dialect.POSTGRESQL);
        databaseAhead = Duration.ofSeconds(-31);
        look(other);
        assertThat(other.trouble()).contains("the clock of this machine is 31.0 s ahead of the database's");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void stepOfLessThanTwoSecondsAndSlowDriftAreFollowed(Dialect dialect) {
        ClockSkewDetector guard = guard(dialect);
        for (int second = 0; second < 100; second++) {
            wall = wall.plusMillis(500);
            look(guard);
            assertThat(guard.isOpen()).isTrue();
            assertThat(guard.instant()).isEqualTo(wall);
        }
    }

    @Test
    void onPostgresqlTheGateOpensAsSoonAsTheDatabaseAgrees() {
        ClockSkewDetector guard = guard(Dialect.POSTGRESQL);
        look(guard);
        set(Duration.ofHours(25));
        assertThat(guard.isOpen()).isFalse();
        look(guard);
        assertThat(guard.isOpen()).isFalse();
        set(Duration.ofHours(-25));
        assertThat(guard.isOpen()).as("until the database is asked").isFalse();
        look(guard);
        assertThat(guard.isOpen()).isTrue();
        assertThat(guard.openSince()).contains(Duration.ZERO);
    }

    @Test
    void onPostgresqlASuspendedMachineGoesOnWithTheNextLook() {
        ClockSkewDetector guard = guard(Dialect.POSTGRESQL);
        look(guard);
        wall = wall.plus(Duration.ofHours(8));
        assertThat(guard.isOpen()).isFalse();
        look(guard);
        assertThat(guard.isOpen()).isTrue();
        assertThat(guard.instant()).isEqualTo("2026-11-29T20:00:02Z");
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600, -3, 3, 90_000})
    void clockOfTheDatabaseThatJumpsClosesTheGateUntilItIsBack(long seconds) {
        ClockSkewDetector guard = guard(Dialect.POSTGRESQL);
        look(guard);
        databaseAhead = Duration.ofSeconds(seconds);
        look(guard);
        assertThat(guard.isOpen()).isFalse();
        assertThat(guard.instant()).as("nobody knows which one is right").isEqualTo("2026-11-29T12:00:02Z");
        databaseAhead = Duration.ZERO;
        look(guard);
        assertThat(guard.isOpen()).isTrue();
    }

    @Test
    void answerThatTookTooLongProvesNeitherThatTheClockIsWrongNorThatItIsRight() {
        ClockSkewDetector guard = guard(Dialect.POSTGRESQL);
        guard.measured(new ClockOffset(Duration.ofSeconds(-5), Duration.ofSeconds(4)), guard.read());
        assertThat(guard.isOpen()).isTrue();
        guard.measured(new ClockOffset(Duration.ofSeconds(-5), Duration.ofMillis(2_900)), guard.read());
        assertThat(guard.isOpen()).isFalse();
        guard.measured(new ClockOffset(Duration.ofSeconds(1), Duration.ofSeconds(2)), guard.read());
        assertThat(guard.isOpen()).isFalse();
        guard.measured(new ClockOffset(Duration.ofSeconds(1), Duration.ofSeconds(1)), guard.read());
        assertThat(guard.isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {-7_200, 7_200, 90_000})
    void onH2AJumpEndsWhenItIsUndone(long seconds) {
        ClockSkewDetector guard = guard(Dialect.H2);
        wall = wall.plusSeconds(seconds);
        for (int second = 0; second < 130; second++) {
            look(guard);
            assertThat(guard.isOpen()).isFalse();
        }
        wall = wall.minusSeconds(seconds);
        assertThat(guard.isOpen()).isTrue();
        assertThat(guard.instant()).isEqualTo("2026-11-29T12:02:10Z");
    }

    @Test
    void onH2ATimeThatHoldsForTenMinutesCountsAndTheOldOneStillDoesWhenItComesBack() {
        ClockSkewDetector guard = guard(Dialect.H2);
        wall = wall.plus(Duration.ofHours(2));
        assertThat(guard.isOpen()).isFalse();
        for (int second = 0; second < 599; second++) {
            look(guard);
        }
        assertThat(guard.isOpen()).isFalse();
        look(guard);
        assertThat(guard.isOpen()).isTrue();
        assertThat(guard.instant()).isEqualTo("2026-11-29T14:10:00Z");
        wall = wall.minus(Duration.ofHours(2));
        assertThat(guard.isOpen()).isFalse();
        look(guard);
        assertThat(guard.isOpen()).isTrue();
    }

    @Test
    void onH2ASmallStepCountsAfterHalfAMinute() {
        ClockSkewDetector guard = guard(Dialect.H2);
        wall = wall.minusSeconds(5);
        assertThat(guard.isOpen()).isFalse();
        for (int second = 0; second < 30; second++) {
            assertThat(guard.isOpen()).isFalse();
            look(guard);
        }
        assertThat(guard.isOpen()).isTrue();
    }

    @Test
    void onH2ATimeThatDoesNotHoldDoesNotCount() {
        ClockSkewDetector guard = guard(Dialect.H2);
        for (int minute = 0; minute < 30; minute++) {
            wall = wall.plusSeconds(100);
            for (int second = 0; second < 60; second++) {
                look(guard);
            }
            assertThat(guard.isOpen()).isFalse();
        }
    }

    @Test
    void onH2ASuspendedMachineGoesOnWithTheNextLook() {
        ClockSkewDetector guard = guard(Dialect.H2);
        wall = wall.plus(Duration.ofHours(8));
        asleep = Duration.ofHours(8);
        assertThat(guard.isOpen()).isFalse();
        look(guard);
        assertThat(guard.isOpen()).isTrue();
    }

    @Test
    void processThatIsStoppedBetweenTwoReadingsSeesNoJump() {
        boolean[] stopped = {false};
        ClockSkewDetector guard = new ClockSkewDetector(
                Dialect.H2,
                () -> {
                    if (stopped[0]) {
                        nanos += TimeUnit.MINUTES.toNanos(5);
                        wall = wall.plus(Duration.ofMinutes(5));
                        stopped[0] = false;
                        return wall.minus(Duration.ofMinutes(5));
                    }
                    return wall;
                },
                () -> nanos,
                () -> asleep);
        stopped[0] = true;
        assertThat(guard.isOpen()).isTrue();
    }
}
