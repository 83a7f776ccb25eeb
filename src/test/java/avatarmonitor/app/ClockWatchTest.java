package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.inspect.Overview;
import avatarmonitor.store.ClockException;
import avatarmonitor.store.clock.ClockOffset;
import avatarmonitor.store.clock.ClockSkewDetector;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A clock that differs from the database's is detected with its offset, and reported once. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
class ClockWatchTest {
    private static final String EVENTS = "SELECT type FROM avatar_event ORDER BY id";

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private Duration ahead = Duration.ZERO;
    private int changes;
    private final InstantSource clock = () -> InstantSource.system().instant().plus(ahead);

    ClockWatchTest(TestDatabase kind) {
        fresh = kind.fresh();
    }

    private ClockWatch watch() {
        return new ClockWatch(
                fresh.database(),
                TestEvents.writer(fresh.database(), clock, "w"),
                ClockSkewDetector.of(fresh.database(), clock),
                clock,
                () -> changes++);
    }

    @Test
    void eachChangeIsReportedOnceAtTheTimeOfTheDatabase() {
        ClockWatch watch = watch();
        watch.compare();
        ahead = Duration.ofSeconds(30);
        watch.compare();
        watch.compare();
        assertThat(Sql.rows(fresh.database(), EVENTS)).containsExactly("clock_off");
        ahead = Duration.ofSeconds(-1);
        watch.compare();
        watch.compare();
        assertThat(Overview.read(fresh.database(), Instant.now()).lasting().clocks())
                .isEmpty();
        ahead = Duration.ofSeconds(-30);
        watch.compare();

        assertThat(Sql.rows(fresh.database(), EVENTS)).containsExactly("clock_off", "clock_right", "clock_off");
        assertThat(Overview.read(fresh.database(), Instant.now()).lasting().clocks())
                .hasEntrySatisfying(
                        "w", wrong -> assertThat(wrong.behind().toSeconds()).isBetween(29L, 30L));
        assertThat(Sql.rows(fresh.database(), "SELECT detail FROM avatar_event ORDER BY id"))
                .satisfiesExactly(
                        off -> assertThat(off).matches("\\{\"database_ahead_ms\":-(29|30)\\d{3}}"),
                        right -> assertThat(right).matches("\\{\"database_ahead_ms\":\\d{3,4}}"),
                        off -> assertThat(off).matches("\\{\"database_ahead_ms\":(29|30)\\d{3}}"));
        assertThat(changes).isEqualTo(3);
        List<String> late = Sql.rows(fresh.database(), """
                SELECT at FROM avatar_event
                WHERE at > current_timestamp + INTERVAL '15' SECOND OR at < current_timestamp - INTERVAL '15' SECOND""");
        assertThat(late).isEmpty();
    }

    @Test
    void whatCouldNotBeWrittenIsReportedByTheNextLook() {
        ClockWatch watch = watch();
        ahead = Duration.ofSeconds(30);
        Sql.run(fresh.database(), "ALTER TABLE avatar_event RENAME TO hidden_event");
        assertThatThrownBy(watch::compare).isInstanceOf(avatarmonitor.store.StoreException.class);
        Sql.run(fresh.database(), "ALTER TABLE hidden_event RENAME TO avatar_event");
        watch.compare();
        assertThat(Sql.rows(fresh.database(), EVENTS)).containsExactly("clock_off");
    }

    @Test
    void refusalSaysWhichClockIsAhead() {
        ahead = Duration.ofSeconds(-31);
        assertThatThrownBy(() -> ClockOffset.measure(fresh.database(), clock).requireSmall())
                .isInstanceOf(ClockException.class)
                .hasMessageMatching(".* (30|31)\\.\\d s behind the database's, .* NTP .*");
        ahead = Duration.ofMillis(-1500);
        ClockOffset.measure(fresh.database(), clock).requireSmall();
    }

    @Test
    void answerThatTookLongProvesNothing() {
        ClockOffset slow = new ClockOffset(Duration.ofSeconds(-5), Duration.ofSeconds(4));
        assertThat(slow.tooLarge()).isFalse();
        assertThat(new ClockOffset(Duration.ofSeconds(-5), Duration.ofMillis(2900)).tooLarge())
                .isTrue();
    }
}
