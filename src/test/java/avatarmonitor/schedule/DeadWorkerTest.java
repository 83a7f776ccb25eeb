package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
class DeadWorkerTest {
    /** Four intervals of two seconds; the rest allows for a busy machine. */
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(30);

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;

    DeadWorkerTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    /** A worker in its own process, whose jobs never end. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws Exception {
            Database database = Database.open(new StoreConfig(args[0], args[1], args[2], 8));
            CountDownLatch never = new CountDownLatch(1);
            QuartzNode node =
                    Triggers.node(database, "victim", (bundle, scheduler) -> context -> Triggers.awaitQuietly(never));
            node.start();
            never.await();
        }
    }

    @Test
    void whatAKilledWorkerHeldIsTakenOverSoon() throws Exception {
        AtomicInteger doneAgain = new AtomicInteger();
        QuartzNode heir =
                Triggers.node(database, "heir", (bundle, scheduler) -> context -> doneAgain.incrementAndGet());
        Process victim = startVictim();
        try {
            patiently().until(() -> Triggers.count(database, "qrtz_scheduler_state", "true") == 1);
            // Eight fill its threads; later ones wait behind them unless the death is detected. Their next regular time
            // is
            // half an hour later.
            Instant due = Instant.now();
            Triggers.store(
                    heir,
                    IntStream.range(0, 7)
                            .mapToObj(i -> Triggers.repeated("held-" + i, due, Duration.ofMinutes(30)))
                            .toList(),
                    SHARED,
                    NOTHING_MORE);
            Triggers.store(heir, Triggers.many(3, Instant.now().plusSeconds(20)), SHARED, NOTHING_MORE);
            patiently().until(() -> Triggers.count(database, "qrtz_fired_triggers", "state = 'EXECUTING'") == 7);
            heir.start();
            patiently().until(() -> Triggers.count(database, "qrtz_scheduler_state", "true") == 2);
        } finally {
            victim.destroyForcibly();
            assertThat(victim.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }

        await().atMost(NOTICED_WITHIN)
                .until(() -> Triggers.count(database, "qrtz_scheduler_state", "true") == 1
                        && Triggers.count(database, "qrtz_fired_triggers", "instance_name LIKE 'victim%'") == 0);
        patiently().until(() -> doneAgain.get() >= 7);
        heir.stop(Duration.ofSeconds(5));
        assertThat(Sql.rows(database, "SELECT detail FROM avatar_event WHERE type = 'worker_lost'"))
                .as("the heir, which left in order, is not lost")
                .singleElement()
                .asString()
                .contains("\"instance\":\"victim-");
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'"))
                .isEqualTo(10);
    }

    private Process startVictim() throws Exception {
        StoreConfig config = fresh.config();
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Victim.class.getName(),
                        config.url(),
                        config.user(),
                        config.password())
                .inheritIO()
                .start();
    }
}
