package avatarmonitor.fal.limit;

import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.fal.limit.RateLimit.Grant;
import avatarmonitor.fal.limit.RateLimit.Lane;
import avatarmonitor.testing.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many threads of one process share few reservations. */
final class RequestTokensTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Not zero, as the clock of a process. */
    private final AtomicLong nanos = new AtomicLong(Duration.ofDays(3).toNanos());

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
    void timeThatPassedDuringTheReservationIsUsedForAFifthOfASecondAtMost() throws Exception {
        grant = new Grant(1, -150_000_000, 1_000_000);
        long delay = tokens.take(Lane.CHECK).orElseThrow();
        assertThat(delay).isEqualTo(-150_000_000);
        nanos.addAndGet(50_000_000);
        assertThat(tokens.isValid(tokens.after(delay) - 50_000_000)).isTrue();
        nanos.addAndGet(1);
        assertThat(tokens.isValid(tokens.after(delay) - 50_000_001)).isFalse();

        AtomicInteger reservations = new AtomicInteger();
        RequestTokens slow = new RequestTokens(
                (count, lane) ->
                        new Grant(1, reservations.incrementAndGet() == 1 ? -200_000_001 : 7_000_000, 1_000_000),
                nanos::get);
        assertThat(slow.take(Lane.CHECK)).isEqualTo(OptionalLong.of(7_000_000));
        assertThat(reservations).hasValue(2);
    }

    @Test
    void eachTenRequestsOfASecondReserveOneMoreAhead() throws Exception {
        grant = new Grant(100, 5_000_000, 1_000_000);
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            delays.add(tokens.take(Lane.CHECK).orElseThrow());
        }
        assertThat(wanted).containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3);
        assertThat(delays.subList(8, 12)).containsExactly(5_000_000L, 5_000_000L, 6_000_000L, 5_000_000L);
        assertThat(delays.subList(19, 23)).containsExactly(5_000_000L, 6_000_000L, 7_000_000L, 5_000_000L);
    }

    @Test
    void requestsOfTheSecondBeforeCountAndOfEarlierOnesNot() throws Exception {
        grant = new Grant(1, 0, 1);
        take(30);
        passSeconds(1);
        assertThat(lastWanted()).as("30 in the second before").isEqualTo(4);
        passSeconds(1);
        assertThat(lastWanted()).as("1 in the second before").isEqualTo(1);
        take(29);
        passSeconds(2);
        assertThat(lastWanted()).as("none in the second before").isEqualTo(1);
        take(19);
        nanos.addAndGet(Duration.ofMillis(999).toNanos());
        take(1);
        assertThat(lastWanted()).as("the same second").isEqualTo(3);
    }

    private void take(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            assertThat(tokens.take(Lane.CHECK)).isPresent();
        }
    }

    /** What was reserved before is too old then. */
    private void passSeconds(int seconds) throws InterruptedException {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
        take(1);
    }

    private int lastWanted() {
        return wanted.get(wanted.size() - 1);
    }

    @Test
    void reservedTimeIsValidFor200Milliseconds() throws Exception {
        RequestTokens some = new RequestTokens(
                (count, lane) -> {
                    wanted.add(count);
                    return new Grant(3, 0, 0);
                },
                nanos::get);
        assertThat(some.take(Lane.CHECK)).hasValue(0);
        nanos.addAndGet(Duration.ofMillis(200).toNanos());
        assertThat(some.take(Lane.CHECK)).as("its time was 200 ms ago").hasValue(-200_000_000);
        assertThat(wanted).hasSize(1);
        nanos.addAndGet(1);
        assertThat(some.take(Lane.CHECK)).hasValue(0);
        assertThat(wanted).hasSize(2);
    }

    @Test
    void operatorReservesOneInItsOwnLane() throws Exception {
        List<String> asked = new ArrayList<>();
        RequestTokens some = new RequestTokens(
                (count, lane) -> {
                    asked.add(count + " " + lane);
                    return new Grant(1, 7, 1);
                },
                nanos::get);
        assertThat(some.take(Lane.OPERATOR)).hasValue(7);
        assertThat(some.take(Lane.CHECK)).hasValue(7);
        assertThat(asked).containsExactly("1 OPERATOR", "1 CHECK");
    }

    /** A reservation that took longer than a second is dropped, and the next one is tried for five seconds in all. */
    @ParameterizedTest
    @CsvSource({"1000, 1, true", "1001, 5, false", "1250, 4, false", "2000, 3, false"})
    void slowReservationsAreTriedForFiveSeconds(int millis, int reservations, boolean taken) throws Exception {
        RequestTokens slow = new RequestTokens(
                (count, lane) -> {
                    wanted.add(count);
                    nanos.addAndGet(Duration.ofMillis(millis).toNanos());
                    return new Grant(count, 0, 1);
                },
                nanos::get);
        assertThat(slow.take(Lane.CHECK).isPresent()).isEqualTo(taken);
        assertThat(wanted).hasSize(reservations);
    }

    @Test
    void threadsThatWaitLearnThatNothingIsFreeFromOneReservation() throws Exception {
        CountDownLatch reserving = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        RequestTokens none = new RequestTokens(
                (count, lane) -> {
                    wanted.add(count);
                    reserving.countDown();
                    awaitLatch(go);
                    return new Grant(0, 0, 1);
                },
                nanos::get);
        List<Thread> threads = new CopyOnWriteArrayList<>();
        List<CompletableFuture<OptionalLong>> takers = takers(none, threads, reserving);
        awaitWaiting(threads);
        go.countDown();
        for (CompletableFuture<OptionalLong> taker : takers) {
            assertThat(taker.get(60, TimeUnit.SECONDS)).isEmpty();
        }
        assertThat(wanted).containsExactly(1);
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
                    awaitLatch(go);
                    return new Grant(count, 0, 1_000_000);
                },
                nanos::get);
        List<Thread> threads = new CopyOnWriteArrayList<>();
        List<CompletableFuture<OptionalLong>> takers = takers(slow, threads, reserving);
        awaitWaiting(threads);
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

    /** Starts nine threads, the first of which reserves when the others come. */
    private static List<CompletableFuture<OptionalLong>> takers(
            RequestTokens from, List<Thread> threads, CountDownLatch reserving) {
        List<CompletableFuture<OptionalLong>> takers = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            takers.add(Background.supply(() -> taken(from), threads::add));
            if (i == 0) {
                awaitLatch(reserving);
            }
        }
        return takers;
    }

    /** Eight of them wait for the one that reserves, which {@code awaitLatch} keeps. */
    private static void awaitWaiting(List<Thread> threads) {
        await().atMost(TIMEOUT)
                .until(() -> threads.stream()
                                .filter(thread -> thread.getState() == Thread.State.TIMED_WAITING)
                                .count()
                        >= 9);
    }

    private static OptionalLong taken(RequestTokens tokens) {
        try {
            return tokens.take(Lane.CHECK);
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
