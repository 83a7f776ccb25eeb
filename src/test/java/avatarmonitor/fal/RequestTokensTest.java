package avatarmonitor.fal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.fal.RateLimit.Grant;
import avatarmonitor.fal.RateLimit.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Many threads of one process share few reservations. */
final class RequestTokensTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final AtomicLong nanos = new AtomicLong();
    private final List<Integer> wanted = new CopyOnWriteArrayList<>();
    private volatile Grant grant = new Grant(1, 0, 1_000_000);
    private final RequestTokens tokens = new RequestTokens(
            (count, lane) -> {
                wanted.add(count);
                return new Grant(Math.min(count, grant.count()), grant.delayNanos(), grant.stepNanos());
            },
            nanos::get);

    @Test
    void reservationIsUsedInOrderAndNotAfterItsTime() throws Exception {
        grant = new Grant(100, 5_000_000, 1_000_000);
        for (int i = 0; i < 30; i++) {
            tokens.take(Lane.CHECK);
        }
        int before = wanted.size();
        assertThat(before)
                .as("those of the next tenth of a second are reserved along")
                .isLessThan(20);
        nanos.addAndGet(Duration.ofMillis(250).toNanos());
        assertThat(tokens.take(Lane.CHECK)).isEqualTo(OptionalLong.of(5_000_000));
        assertThat(wanted).as("what was left is too old").hasSize(before + 1);
    }

    @Test
    void threadsThatWaitShareOneReservation() throws Exception {
        CountDownLatch reserving = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<Integer> asked = new CopyOnWriteArrayList<>();
        RequestTokens slow = new RequestTokens(
                (count, lane) -> {
                    asked.add(count);
                    reserving.countDown();
                    hold(go);
                    return new Grant(count, 0, 1_000_000);
                },
                nanos::get);
        List<CompletableFuture<OptionalLong>> takers = new ArrayList<>();
        List<Thread> threads = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 9; i++) {
            takers.add(CompletableFuture.supplyAsync(() -> taken(slow), task -> {
                Thread thread = new Thread(task);
                threads.add(thread);
                thread.start();
            }));
            if (i == 0) {
                assertThat(reserving.await(60, TimeUnit.SECONDS)).isTrue();
            }
        }
        await().atMost(TIMEOUT)
                .until(() -> threads.stream()
                                .filter(thread -> thread.getState() == Thread.State.TIMED_WAITING)
                                .count()
                        >= 8);
        go.countDown();
        for (CompletableFuture<OptionalLong> taker : takers) {
            assertThat(taker.get(60, TimeUnit.SECONDS)).isPresent();
        }
        assertThat(asked).hasSizeLessThanOrEqualTo(3).startsWith(1);
    }

    @Test
    void nothingIsFreeOrTheLimitCannotBeReached() throws Exception {
        grant = new Grant(0, 0, 1);
        assertThat(tokens.take(Lane.CHECK)).isEmpty();
        assertThat(tokens.take(Lane.OPERATOR)).isEmpty();
        RequestTokens broken = new RequestTokens(
                (count, lane) -> {
                    throw new IllegalStateException("database is away");
                },
                nanos::get);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> broken.take(Lane.CHECK)).hasMessage("database is away");
        }
    }

    @Test
    void reservationThatTookTooLongIsDropped() throws Exception {
        List<Integer> asked = new CopyOnWriteArrayList<>();
        RequestTokens slow = new RequestTokens(
                (count, lane) -> {
                    asked.add(count);
                    nanos.addAndGet(
                            Duration.ofMillis(asked.size() == 1 ? 1_500 : 1).toNanos());
                    return new Grant(count, 0, 1_000_000);
                },
                nanos::get);
        assertThat(slow.take(Lane.CHECK)).isPresent();
        assertThat(asked).hasSize(2);
    }

    private static OptionalLong taken(RequestTokens tokens) {
        try {
            return tokens.take(Lane.CHECK);
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
