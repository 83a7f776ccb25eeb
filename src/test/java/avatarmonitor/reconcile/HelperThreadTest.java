package avatarmonitor.reconcile;

import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

final class HelperThreadTest {
    @Test
    void taskRunsOnADaemonThreadNamedAfterItsCallerWithTheSameLoggingContext() {
        try (MDC.MDCCloseable ignored = MDC.putCloseable("worker", "w-1");
                HelperThread helper = new HelperThread("helps")) {
            String seen = helper.begin(() -> Thread.currentThread().getName() + " "
                            + Thread.currentThread().isDaemon() + " " + MDC.get("worker"))
                    .await();
            assertThat(seen).isEqualTo(Thread.currentThread().getName() + "-helps true w-1");
        }
    }

    @Test
    void callerWithoutAContextHasNone() {
        MDC.clear();
        try (HelperThread helper = new HelperThread("helps")) {
            assertThat(helper.begin(() -> String.valueOf(MDC.get("worker"))).await())
                    .isEqualTo("null");
        }
    }

    @Test
    void failureReachesWhoWaits() {
        try (HelperThread helper = new HelperThread("helps")) {
            RuntimeException failure = new IllegalStateException("planted");
            Error error = new AssertionError("planted");
            HelperThread.Running<Object> failed = helper.begin(() -> {
                throw failure;
            });
            HelperThread.Running<Object> broken = helper.begin(() -> {
                throw error;
            });
            assertThatThrownBy(failed::await).isSameAs(failure);
            assertThatThrownBy(broken::await).isSameAs(error);
        }
    }

    @Test
    void closingWaitsForWhatRunsAndFailsWithNoTask() {
        CountDownLatch began = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        try (HelperThread helper = new HelperThread("helps")) {
            HelperThread.Running<Object> unused = helper.begin(() -> {
                began.countDown();
                long until = System.nanoTime() + 50_000_000;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                ended.set(true);
                throw new IllegalStateException("planted");
            });
            awaitLatch(began);
        }
        assertThat(ended).isTrue();
    }

    @Test
    void closedHelperTakesNoTask() {
        HelperThread helper = new HelperThread("helps");
        helper.close();
        assertThatThrownBy(() -> helper.begin(() -> 1))
                .isInstanceOf(java.util.concurrent.RejectedExecutionException.class);
    }
}
