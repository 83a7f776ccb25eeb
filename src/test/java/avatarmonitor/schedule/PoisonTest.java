package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Triggers that are due and cannot be read come first in the queue, and hold up nobody. */
final class PoisonTest {
    private static final int POISONED = 25;

    @ParameterizedTest
    @EnumSource(TestDatabase.class)
    void dueTriggersThatCannotBeReadStarveNobody(TestDatabase kind) throws Exception {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            Set<String> fired = ConcurrentHashMap.newKeySet();
            SchedulerNode node = Triggers.node(
                    database,
                    "a",
                    (bundle, scheduler) ->
                            context -> fired.add(context.getTrigger().getKey().getName()));
            node.store()
                    .storeWhereNotLive(Triggers.many(POISONED, Instant.now().minusSeconds(9)), SHARED, NOTHING_MORE);
            Triggers.change(database, "DELETE FROM qrtz_simple_triggers");
            node.store()
                    .storeWhereNotLive(
                            List.of(Triggers.everyMinute(
                                    "healthy", Instant.now().minusSeconds(8))),
                            SHARED,
                            NOTHING_MORE);

            node.start();

            patiently().until(() -> fired.equals(Set.of("healthy")));
            assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'ERROR'"))
                    .isEqualTo(POISONED);
            node.stop(Duration.ofSeconds(5));
        }
    }
}
