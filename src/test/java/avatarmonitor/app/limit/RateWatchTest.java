package avatarmonitor.app.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.inspect.Facts;
import avatarmonitor.inspect.Overview;
import avatarmonitor.inspect.WorkerFacts;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A rate limit that is too low is reported once, by one worker, and once when it is high enough again. */
class RateWatchTest {
    @Test
    void numbersAroundTheLimitAreNotReportedEachTime() {
        assertThat(RateWatch.change(false, 5.0, 5)).isEmpty();
        assertThat(RateWatch.change(false, 5.1, 5)).contains(EventType.RATE_TOO_LOW);
        assertThat(RateWatch.change(true, 83.3, 5)).isEmpty();
        assertThat(RateWatch.change(true, 4.6, 5)).isEmpty();
        assertThat(RateWatch.change(true, 4.5, 5)).contains(EventType.RATE_RIGHT);
    }

    @Test
    void intervalsStretchEvenlyWhileTheLimitIsTooLowAndNotAroundIt() {
        assertThat(Stretch.next(1, 5.0, 5)).isEqualTo(1);
        assertThat(Stretch.next(1, 50.0, 10)).isCloseTo(5.263, within(0.001));
        assertThat(Stretch.next(5, 4.9, 5)).as("never shorter").isCloseTo(1.03, within(0.01));
        assertThat(Stretch.next(1.1, 4.6, 5)).isEqualTo(1);
        assertThat(Stretch.next(1.1, 4.5, 5)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = TestDatabase.class,
            names = {"H2", "POSTGRESQL_18"})
    void itIsReportedOnceAndHasItsBeginning(TestDatabase kind) {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            EventLog events = new EventLog(database.dialect());
            RateWatch first = new RateWatch(database, events, InstantSource.system(), "a", new Stretch());
            RateWatch second = new RateWatch(database, events, InstantSource.system(), "b", new Stretch());
            for (long watched : new long[] {5_000, 5_000, 300, 270}) {
                second.look(facts(database, watched));
                first.look(facts(database, watched));
            }
            assertThat(Sql.rows(database, "SELECT type, worker FROM avatar_event ORDER BY id"))
                    .containsExactly("rate_too_low|a", "rate_right|a");
            assertThat(Sql.rows(database, "SELECT detail FROM avatar_event ORDER BY id")
                            .get(0))
                    .contains("83.3", "\"interval_seconds\":1052");
            first.look(facts(database, 5_000));
            assertThat(facts(database, 5_000).lasting().rateTooLowSince()).isNotNull();
        }
    }

    /** Two workers that share five requests per second. */
    private static Facts facts(Database database, long watched) {
        Overview read = Overview.read(database, Instant.now());
        List<WorkerFacts> workers = List.of(worker("b"), worker("a"));
        return new Facts(Instant.now(), Map.of("watched", watched), 0, Map.of(), workers, List.of(), read.lasting());
    }

    private static WorkerFacts worker(String name) {
        return WorkerFacts.of(
                Map.of("instance", name, "alive", true, "interval_ms", 60_000L, "requests_per_second_max", 5));
    }
}
