package avatarmonitor.schedule.quartz;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.schedule.Triggers;
import avatarmonitor.schedule.quartz.thread.FatalErrorLatch;
import avatarmonitor.schedule.quartz.thread.ServiceThreads;
import avatarmonitor.schedule.quartz.thread.WorkerPool;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.quartz.Trigger;
import org.quartz.listeners.TriggerListenerSupport;

/** An error in a required thread ends the worker; an error in a job does not. */
class DyingThreadTest {
    private static final Duration STOP = Duration.ofSeconds(5);

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final Database database = fresh.database();

    @Test
    void errorInALoopOfQuartzIsTheDeathOfTheWorkerWhichStillLeavesInOrder() throws Exception {
        QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> context -> {});
        CountDownLatch died = new CountDownLatch(1);
        node.fatal().tell(died::countDown);
        node.scheduler().getListenerManager().addTriggerListener(new TriggerListenerSupport() {
            @Override
            public String getName() {
                return "breaks the loop that looks for overdue triggers";
            }

            @Override
            public void triggerMisfired(Trigger trigger) {
                throw new OutOfMemoryError("planted");
            }
        });
        Triggers.store(node, Triggers.many(1, Instant.now().minus(Duration.ofMinutes(5))), SHARED, NOTHING_MORE);
        node.start();
        assertThat(died.await(60, TimeUnit.SECONDS)).isTrue();
        node.stop(STOP);

        assertThat(Triggers.count(database, "qrtz_scheduler_state", "true")).isZero();
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'"))
                .isEqualTo(1);
    }

    @Test
    void everyLoopIsWatched() throws Exception {
        for (Error error : new Error[] {new OutOfMemoryError("planted"), new NoClassDefFoundError("planted")}) {
            FatalErrorLatch death = new FatalErrorLatch();
            CountDownLatch died = new CountDownLatch(1);
            new ServiceThreads(death).execute(new Thread(() -> {
                throw error;
            }));
            // A listener that is set late is called too.
            patiently().until(death::happened);
            death.tell(died::countDown);
            assertThat(died.getCount()).isZero();
        }
    }

    @Test
    void loopThatEndsWithTheSchedulerIsNoDeath() throws Exception {
        QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> context -> {});
        node.start();
        node.stop(STOP);
        patiently().untilAsserted(() -> assertThat(Triggers.threadsOf(node)).isEmpty());

        assertThat(node.fatal().happened()).isFalse();
    }

    @Test
    void errorInAJobCostsNeitherItsFiringNorItsThread() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> context -> {
            ran.incrementAndGet();
            throw new OutOfMemoryError("planted");
        });
        // More than there are threads.
        Triggers.store(node, Triggers.many(20, Instant.now()), SHARED, NOTHING_MORE);
        node.start();
        patiently().until(() -> ran.get() == 20);
        patiently().until(() -> Triggers.count(database, "qrtz_fired_triggers", "true") == 0);
        assertThat(node.fatal().happened()).isFalse();
        node.stop(STOP);

        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'"))
                .isEqualTo(20);
    }

    @Test
    void errorThatLeavesAFiringOpenIsTheDeathOfTheWorkerAndTheThreadIsReplaced() throws Exception {
        FatalErrorLatch death = new FatalErrorLatch();
        WorkerPool pool = new WorkerPool("pool", 1, 0, death);
        pool.runInThread(() -> {
            throw new OutOfMemoryError("planted");
        });
        patiently().until(death::happened);
        assertThat(pool.blockForAvailableThreads()).isEqualTo(1);
        CountDownLatch ran = new CountDownLatch(1);
        pool.runInThread(ran::countDown);
        assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
        pool.shutdown(false);
    }
}
