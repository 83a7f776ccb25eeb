package avatarmonitor.app.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import avatarmonitor.check.decision.RequestDemand;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.inspect.Facts;
import avatarmonitor.inspect.LastingEvents;
import avatarmonitor.inspect.Overview;
import avatarmonitor.inspect.WorkerFacts;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestFacts;
import java.time.Duration;
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
        assertThat(Stretch.next(0, 5.0, 5, 1.05)).isZero();
        assertThat(Stretch.next(0, 5.1, 5, 1.07)).isEqualTo(1.07);
        assertThat(Stretch.next(1.07, 4.6, 5, 0.97)).isEqualTo(0.97);
        assertThat(Stretch.next(1.07, 4.5, 5, 0.95)).isZero();
    }

    @Test
    void factorFollowsFromTheFactsOfTheCluster() {
        Stretch stretch = new Stretch();
        stretch.update(facts(TestFacts.NOTHING_LASTS, 3_000, List.of()), 50, 5);
        assertThat(stretch.getAsDouble()).isCloseTo(10.526, within(0.001));
        // 300 of 3,000 are checked every 15 s and 100 only every 10 min: 45 + 20 - 1.5 requests per second.
        List<RequestDemand.Group> own = List.of(
                new RequestDemand.Group(Duration.ofSeconds(15), null, 300),
                new RequestDemand.Group(Duration.ofMinutes(10), null, 100));
        Facts facts = facts(TestFacts.NOTHING_LASTS, 3_000, own);
        assertThat(facts.neededPerSecond().orElseThrow()).isCloseTo(63.5, within(0.001));
        assertThat(facts.stretch()).isCloseTo(13.368, within(0.001));
        assertThat(facts.stretchedInterval()).contains(Duration.ofMillis(802_105));
    }

    /** Half of the trainings get twice the requests of the others. */
    @Test
    void ordinaryTrainingsWaitLongerBecauseOfPreferredOnes() {
        List<RequestDemand.Group> own = List.of(new RequestDemand.Group(null, 10, 1_500));
        Facts facts = facts(TestFacts.NOTHING_LASTS, 3_000, own);
        assertThat(facts.neededPerSecond()).contains(50.0);
        assertThat(facts.stretch()).isCloseTo(15.789, within(0.001));
        assertThat(facts.stretchedInterval()).contains(Duration.ofMillis(947_368));
        assertThat(facts(TestFacts.NOTHING_LASTS, 270, own).stretch())
                .as("more preferred ones than were counted")
                .isPositive();
        assertThat(facts(TestFacts.NOTHING_LASTS, 270, List.of(new RequestDemand.Group(null, 10, 200)))
                        .stretchedInterval())
                .as("the limit suffices")
                .contains(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @EnumSource(
            value = TestDatabase.class,
            names = {"H2", "POSTGRESQL_18"})
    void itIsReportedOnceAndHasItsBeginning(TestDatabase kind) {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            EventLog events = new EventLog(database.dialect());
            RateWatch first =
                    new RateWatch(new EventWriter(database, events, InstantSource.system(), "a"), new Stretch());
            RateWatch second =
                    new RateWatch(new EventWriter(database, events, InstantSource.system(), "b"), new Stretch());
            for (long watched : new long[] {5_000, 5_000, 300, 270}) {
                second.evaluate(facts(database, watched));
                first.evaluate(facts(database, watched));
            }
            assertThat(Sql.rows(database, "SELECT type, worker FROM avatar_event ORDER BY id"))
                    .containsExactly("rate_too_low|a", "rate_right|a");
            assertThat(Sql.rows(database, "SELECT detail FROM avatar_event ORDER BY id")
                            .get(0))
                    .contains("83.3", "\"interval_seconds\":1052");
            first.evaluate(facts(database, 5_000));
            assertThat(facts(database, 5_000).lasting().rateTooLowSince()).isNotNull();
        }
    }

    private static Facts facts(Database database, long watched) {
        return facts(Overview.read(database, Instant.now()).lasting(), watched, List.of());
    }

    /** Two workers that share five requests per second. */
    private static Facts facts(LastingEvents lasting, long watched, List<RequestDemand.Group> own) {
        List<WorkerFacts> workers = List.of(worker("b"), worker("a"));
        return new Facts(Instant.EPOCH, Map.of("watched", watched), 0, Map.of(), workers, List.of(), lasting, own);
    }

    private static WorkerFacts worker(String name) {
        return WorkerFacts.of(
                Map.of("instance", name, "alive", true, "interval_ms", 60_000L, "requests_per_second_max", 5));
    }
}
