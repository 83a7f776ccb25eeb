package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quartz.spi.OperableTrigger;

/** With the channel {@code file:}, an interrupt closes the H2 file; Quartz interrupts its threads when it stops. */
class InterruptTest {
    private static final int ROUNDS = 30;
    private static final int TRIGGERS = 40;

    @Test
    void fileSurvivesStopsUnderLoad() throws Exception {
        try (TestDatabase.Fresh fresh = TestDatabase.H2.fresh()) {
            fresh.database().close();
            for (int round = 0; round < ROUNDS; round++) {
                startAndStop(fresh);
            }
        }
    }

    private static void startAndStop(TestDatabase.Fresh fresh) throws Exception {
        AtomicInteger ran = new AtomicInteger();
        List<OperableTrigger> often = IntStream.range(0, TRIGGERS)
                .mapToObj(i -> Triggers.repeated("often-" + i, Instant.now(), Duration.ofMillis(20)))
                .toList();
        try (Database database = Database.open(fresh.config())) {
            QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> context -> ran.incrementAndGet());
            Triggers.store(node, often, SHARED, NOTHING_MORE);
            node.start();
            patiently().until(() -> ran.get() > TRIGGERS);
            node.stop(Duration.ofSeconds(5));
            assertThat(Triggers.count(database, "qrtz_scheduler_state", "true")).isZero();
            patiently().untilAsserted(() -> assertThat(Triggers.threadsOf(node)).isEmpty());
        }
        try (Database reopened = Database.open(fresh.config())) {
            assertThat(Triggers.count(reopened, "qrtz_triggers", "trigger_state = 'WAITING'"))
                    .isEqualTo(TRIGGERS);
            assertThat(Triggers.count(reopened, "qrtz_simple_triggers", "true")).isEqualTo(TRIGGERS);
            assertThat(Triggers.count(reopened, "qrtz_fired_triggers", "true")).isZero();
        }
    }
}
