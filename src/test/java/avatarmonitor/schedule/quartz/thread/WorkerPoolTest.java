package avatarmonitor.schedule.quartz.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WorkerPoolTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final WorkerPool pool = new WorkerPool("pool", 4, 100, new FatalErrorLatch());

    @AfterEach
    void stop() {
        pool.shutdown(false);
    }

    @Test
    void shortJobsAreTakenAheadAsFarAsTheyEndSoon() {
        AtomicInteger ended = new AtomicInteger();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            int free = pool.reserve(1000);
            for (int i = 0; i < free; i++) {
                pool.runReserved(ended::incrementAndGet);
            }
            return free > 20;
        });
        assertThat(pool.reserve(1000)).isLessThanOrEqualTo(4 + 100);
    }

    @Test
    void nothingIsTakenAheadOfJobsThatDoNotEnd() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(4);
        assertThat(pool.blockForAvailableThreads()).isEqualTo(4);
        for (int i = 0; i < 4; i++) {
            pool.runInThread(() -> {
                running.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        running.await();
        Thread waits = new Thread(pool::blockForAvailableThreads);
        waits.setDaemon(true);
        waits.start();
        await().atMost(PATIENCE).until(() -> waits.getState() == Thread.State.WAITING);
        end.countDown();
        await().atMost(PATIENCE).until(() -> !waits.isAlive());
    }

    @Test
    void roomIsKeptForWhatWillBeHandedOver() {
        assertThat(pool.reserve(3)).isEqualTo(3);
        assertThat(pool.reserve(3)).isEqualTo(1);
        assertThat(pool.reserve(3)).isZero();
        AtomicInteger late = new AtomicInteger();
        Thread waits = new Thread(() -> late.set(pool.awaitCapacity()));
        waits.setDaemon(true);
        waits.start();
        await().atMost(PATIENCE).until(() -> waits.getState() == Thread.State.WAITING);

        pool.release(2);
        await().atMost(PATIENCE).until(() -> late.get() == 1);
        assertThat(pool.reserve(3)).isEqualTo(1);
    }

    /** Long checks fill the pool; Quartz must still be able to submit its reconcile job. */
    @Test
    void reservedWorkThatFillsThePoolDoesNotKeepQuartzFromHandingOver() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        assertThat(pool.reserve(100)).isEqualTo(4);
        for (int i = 0; i < 4; i++) {
            pool.runReserved(() -> awaitQuietly(end));
        }
        assertThat(pool.reserve(100)).isZero();

        assertThat(pool.blockForAvailableThreads()).isEqualTo(4);
        CountDownLatch ran = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            pool.runInThread(ran::countDown);
        }
        end.countDown();
        assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void jobsOfQuartzTakeRoomFromReservedWork() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        for (int i = 0; i < 3; i++) {
            pool.runInThread(() -> awaitQuietly(end));
        }
        assertThat(pool.reserve(100)).isEqualTo(1);
        end.countDown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void noThreadWaitsForCapacityAfterTheStop() {
        pool.reserve(4);
        AtomicInteger kept = new AtomicInteger(-1);
        Thread waits = new Thread(() -> kept.set(pool.awaitCapacity()));
        waits.start();
        await().atMost(PATIENCE).until(() -> waits.getState() == Thread.State.WAITING);
        pool.shutdown(false);
        await().atMost(PATIENCE).until(() -> kept.get() == 0);
    }
}
