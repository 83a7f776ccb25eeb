package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A stop takes no longer because the database does not answer, whatever the version of the server. */
@Execution(ExecutionMode.CONCURRENT)
class StopWithoutDatabaseTest {
    private static final Duration STOP = Duration.ofSeconds(3);

    /** One that waited for a connection would take 15 s; the rest allows for a busy machine. */
    private static final Duration STOPPED_WITHIN = STOP.plusSeconds(7);

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh();

    @Test
    void stopKeepsItsTimeWhileTheDatabaseSwallowsEverything() throws Exception {
        try (TroublesomeNetwork network = new TroublesomeNetwork(fresh.config().url())) {
            assertThat(stopWithin(network, network::swallow)).isLessThan(STOPPED_WITHIN);
        }
    }

    @Test
    void stopKeepsItsTimeWhileTheDatabaseIsDown() throws Exception {
        try (TroublesomeNetwork network = new TroublesomeNetwork(fresh.config().url())) {
            assertThat(stopWithin(network, network::cut)).isLessThan(STOPPED_WITHIN);
        }
    }

    private interface Trouble {
        void begin() throws Exception;
    }

    /**
     * Returns how long a stop takes when the failure begins while a job runs, which then ends and cannot report that.
     */
    private Duration stopWithin(TroublesomeNetwork network, Trouble trouble) throws Exception {
        CountDownLatch running = new CountDownLatch(3);
        CountDownLatch end = new CountDownLatch(1);
        StoreConfig direct = fresh.config();
        Database workers =
                Database.open(new StoreConfig(network.url(), direct.user(), direct.password(), direct.poolSize()));
        QuartzNode node = Triggers.node(workers, "a", (bundle, scheduler) -> context -> {
            running.countDown();
            Triggers.awaitQuietly(end);
        });
        Triggers.store(node, Triggers.many(3, Instant.now()), SHARED, NOTHING_MORE);
        node.start();
        assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
        trouble.begin();
        end.countDown();
        long begin = System.nanoTime();
        node.stop(STOP);
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        network.cut();
        workers.close();
        // No retry goes on forever; a wait for a connection lasts 15 s.
        await().untilAsserted(() -> assertThat(Triggers.threadsOf(node)).isEmpty());
        return took;
    }
}
