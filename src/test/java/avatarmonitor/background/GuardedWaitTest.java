package avatarmonitor.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class GuardedWaitTest {
    private final Object monitor = new Object();
    private final AtomicBoolean condition = new AtomicBoolean();

    @Test
    void timedWaitEndsWithoutTheCondition() throws Exception {
        synchronized (monitor) {
            assertThat(GuardedWait.until(monitor, condition::get, Duration.ofMillis(20)))
                    .isFalse();
            assertThat(GuardedWait.until(monitor, () -> true, Duration.ZERO)).isTrue();
        }
    }

    @Test
    void interruptNeitherEndsTheWaitNorIsLost() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicBoolean metWhileInterrupted = new AtomicBoolean();
        Thread waiter = DaemonThreads.thread("waiter", () -> {
            synchronized (monitor) {
                waiting.countDown();
                GuardedWait.uninterruptibly(monitor, condition::get);
                metWhileInterrupted.set(
                        condition.get() && Thread.currentThread().isInterrupted());
            }
        });
        waiter.start();
        assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
        waiter.interrupt();
        synchronized (monitor) {
            condition.set(true);
            monitor.notifyAll();
        }
        waiter.join(10_000);
        assertThat(waiter.isAlive()).isFalse();
        assertThat(metWhileInterrupted).isTrue();
    }
}
