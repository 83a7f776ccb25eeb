package avatarmonitor.web;

import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.background.BoundedPool;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A health result is cached for a moment, counted from the end of its probe. */
class CachedHealthTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final AtomicLong nanos = new AtomicLong(-5);
    private final AtomicInteger looks = new AtomicInteger();
    private final BoundedPool desk = new BoundedPool("looking", 1, 1);
    private Duration look = Duration.ZERO;
    private final Health kept = new CachedHealth(
            () -> {
                pass(look);
                return Optional.of("trouble " + looks.incrementAndGet());
            },
            desk,
            LONG,
            nanos::get);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void nextLookIsMadeWhenTheVerdictIsOld() {
        assertThat(kept.trouble()).contains("trouble 1");
        pass(CachedHealth.KEPT.minusNanos(1));
        assertThat(kept.trouble()).contains("trouble 1");
        pass(Duration.ofNanos(1));
        assertThat(kept.trouble()).contains("trouble 2");
    }

    @AfterEach
    void stop() {
        desk.stop();
    }

    @Test
    void hangingLookIsTroubleAfterItsLimitAndNoOtherIsBegunMeanwhile() {
        CountDownLatch back = new CountDownLatch(1);
        Health hanging = new CachedHealth(
                () -> {
                    looks.incrementAndGet();
                    awaitLatch(back);
                    return Optional.empty();
                },
                desk,
                Duration.ofMillis(100),
                nanos::get);
        for (int probe = 0; probe < 5; probe++) {
            assertThat(hanging.trouble())
                    .hasValueSatisfying(why -> assertThat(why).contains("the database does not answer within"));
            pass(CachedHealth.KEPT);
        }
        assertThat(looks).hasValue(1);

        back.countDown();
        await().until(() -> {
            pass(CachedHealth.KEPT);
            return hanging.trouble().isEmpty();
        });
    }

    @Test
    void lookThatWasLateCountsWhenItEndsAndNotForLonger() {
        CountDownLatch back = new CountDownLatch(1);
        Health late = new CachedHealth(
                () -> {
                    awaitLatch(back);
                    return Optional.of("trouble " + looks.incrementAndGet());
                },
                desk,
                Duration.ofMillis(100),
                nanos::get);
        assertThat(late.trouble().orElse("")).contains("does not answer");
        back.countDown();
        awaitIdleDesk();
        assertThat(looks).hasValue(1);
        pass(CachedHealth.KEPT);

        assertThat(late.trouble()).contains("trouble 2");
    }

    @Test
    void brokenLookIsReportedAndTheNextOneIsMade() {
        Health broken = new CachedHealth(
                () -> {
                    if (looks.incrementAndGet() == 1) {
                        throw new IllegalStateException("a bug below");
                    }
                    return Optional.empty();
                },
                desk,
                LONG,
                nanos::get);
        assertThatThrownBy(broken::trouble).hasRootCauseMessage("a bug below");
        assertThat(broken.trouble()).isEmpty();
    }

    @Test
    void thoseWhoWaitedForASlowLookNeedNoOther() {
        look = Duration.ofSeconds(15);
        kept.trouble();
        assertThat(kept.trouble()).contains("trouble 1");
    }

    private void awaitIdleDesk() {
        CountDownLatch idle = new CountDownLatch(1);
        assertThat(desk.take(idle::countDown)).isTrue();
        awaitLatch(idle);
    }
}
