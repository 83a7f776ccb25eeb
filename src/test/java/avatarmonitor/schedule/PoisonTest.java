package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Triggers that are due and cannot be read come first in the queue, and hold up nobody. */
final class PoisonTest {
    private static final int POISONED = 25;

    private static final Duration BEFORE_THEY_ARE_OVERDUE = LateJobStore.FIRES_AT_MOST_LATE.minusSeconds(5);

    private static final List<String> POISONS = List.of(
            "DELETE FROM qrtz_simple_triggers",
            "UPDATE qrtz_simple_triggers SET repeat_count = 3000000000",
            "UPDATE qrtz_simple_triggers SET times_triggered = 3000000000");

    static Stream<Arguments> poisoned() {
        return Stream.of(TestDatabase.values())
                .flatMap(kind -> POISONS.stream().map(poison -> arguments(kind, poison)));
    }

    @ParameterizedTest
    @MethodSource("poisoned")
    void dueTriggersThatCannotBeReadStarveNobody(TestDatabase kind, String poison) throws Exception {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            Set<String> fired = ConcurrentHashMap.newKeySet();
            SchedulerNode node = Triggers.node(
                    database,
                    "a",
                    (bundle, scheduler) ->
                            context -> fired.add(context.getTrigger().getKey().getName()));
            Instant due = Instant.now();
            node.store().storeWhereNotLive(Triggers.many(POISONED, due), SHARED, NOTHING_MORE);
            Triggers.change(database, poison);
            node.store()
                    .storeWhereNotLive(
                            List.of(Triggers.everyMinute("healthy", due.plusSeconds(1))), SHARED, NOTHING_MORE);

            node.start();

            await().atMost(BEFORE_THEY_ARE_OVERDUE).until(() -> fired.equals(Set.of("healthy")));
            assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'ERROR'"))
                    .isEqualTo(POISONED);
            node.stop(Duration.ofSeconds(5));
        }
    }
}
