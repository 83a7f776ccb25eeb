package avatarmonitor.reconcile;

import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.testing.Background;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
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
        CountDownLatch closing = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        Thread closer = Thread.currentThread();
        try (HelperThread helper = new HelperThread("helps")) {
            HelperThread.Running<Object> unused = helper.begin(() -> {
                awaitLatch(closing);
                ended.set(true);
                throw new IllegalStateException("planted");
            });
            CompletableFuture<Void> unusedRelease = Background.run(() -> {
                await().until(() -> EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING)
                        .contains(closer.getState()));
                closing.countDown();
            });
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
