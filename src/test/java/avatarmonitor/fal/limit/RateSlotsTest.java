package avatarmonitor.fal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.limit.RateLimit.Grant;
import avatarmonitor.fal.limit.RateLimit.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is reserved of a rate limit that many share. */
final class RateSlotsTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    @Test
    void idleTimeBuysNoBurstAndTimesAreEven() {
        RateSlots slots = RateSlots.free(START);
        Instant later = START.plusSeconds(60);
        RateSlots.Reserved first = slots.reserve(later, 2, 10, Lane.CHECK);
        assertThat(first.grant()).isEqualTo(new Grant(2, 0, 100_000_000));
        RateSlots.Reserved second = first.slots().reserve(later, 1, 10, Lane.CHECK);
        assertThat(second.grant()).isEqualTo(new Grant(1, 200_000_000, 100_000_000));
    }

    @Test
    void oneReservationTakesHalfASecondAndAllOfThemFiveSeconds() {
        RateSlots slots = RateSlots.free(START);
        assertThat(slots.reserve(START, 1_000, 10, Lane.CHECK).grant().count()).isEqualTo(5);
        assertThat(slots.reserve(START, 1_000, 1, Lane.CHECK).grant().count()).isEqualTo(1);
        int all = 0;
        for (int i = 0; i < 100; i++) {
            RateSlots.Reserved reserved = slots.reserve(START, 3, 10, Lane.CHECK);
            slots = reserved.slots();
            all += reserved.grant().count();
        }
        assertThat(all).isEqualTo(51);
    }

    @Test
    void operatorNeedNotWaitForChecksAndChecksWaitForIt() {
        RateSlots full = RateSlots.free(START);
        for (int i = 0; i < 100; i++) {
            full = full.reserve(START, 5, 10, Lane.CHECK).slots();
        }
        assertThat(full.reserve(START, 1, 10, Lane.CHECK).grant().count()).isZero();
        RateSlots.Reserved operator = full.reserve(START, 1, 10, Lane.OPERATOR);
        assertThat(operator.grant()).isEqualTo(new Grant(1, 0, 100_000_000));
        assertThat(Duration.between(full.nextAt(), operator.slots().nextAt())).isEqualTo(Duration.ofMillis(100));
        RateSlots.Reserved second = operator.slots().reserve(START, 1, 10, Lane.OPERATOR);
        assertThat(second.grant().delayNanos()).as("a twentieth").isEqualTo(2_000_000_000L);
    }

    @Test
    void operatorGetsNothingWhenItsOwnPartIsTakenForFiveSeconds() {
        Instant checks = START.plusSeconds(9);
        assertThat(new RateSlots(checks, START.plusSeconds(5)).reserve(START, 1, 10, Lane.OPERATOR))
                .isEqualTo(new RateSlots.Reserved(
                        new RateSlots(checks.plusMillis(100), START.plusSeconds(7)),
                        new Grant(1, 5_000_000_000L, 100_000_000)));
        RateSlots taken = new RateSlots(checks, START.plusSeconds(5).plusNanos(1));
        assertThat(taken.reserve(START, 1, 10, Lane.OPERATOR))
                .isEqualTo(new RateSlots.Reserved(taken, new Grant(0, 0, 100_000_000)));
    }

    @Test
    void timeThatAWrongClockWroteDelaysNoRequest() {
        RateSlots wrong = new RateSlots(START.plusSeconds(86_400), START.plusSeconds(86_400));
        assertThat(wrong.reserve(START, 1, 10, Lane.CHECK).grant()).isEqualTo(new Grant(1, 0, 100_000_000));
        assertThat(wrong.reserve(START, 1, 10, Lane.OPERATOR).grant().count()).isEqualTo(1);
    }

    /** A time two minutes ahead or more was written by a wrong clock. */
    @Test
    void timeCountsUpToTwoMinutesAhead() {
        RateSlots wrong = new RateSlots(START.plusSeconds(120), START.plusSeconds(120));
        assertThat(wrong.reserve(START, 1, 10, Lane.CHECK).grant()).isEqualTo(new Grant(1, 0, 100_000_000));
        Instant last = START.plusSeconds(120).minusNanos(1);
        RateSlots far = new RateSlots(last, last);
        assertThat(far.reserve(START, 1, 10, Lane.CHECK))
                .isEqualTo(new RateSlots.Reserved(far, new Grant(0, 119_999_999_999L, 100_000_000)));
    }

    @Test
    void lastTimeOfTheHorizonIsGivenAndNoneAfterIt() {
        Instant end = START.plusSeconds(5);
        assertThat(new RateSlots(end, START).reserve(START, 3, 10, Lane.CHECK))
                .isEqualTo(new RateSlots.Reserved(
                        new RateSlots(end.plusMillis(100), START), new Grant(1, 5_000_000_000L, 100_000_000)));
        assertThat(new RateSlots(end.plusNanos(1), START)
                        .reserve(START, 3, 10, Lane.CHECK)
                        .grant()
                        .count())
                .isZero();
    }

    /** Processes come, take, use what they took as late as they may, and die; operators ask in between. */
    @ParameterizedTest
    @ValueSource(ints = {5, 10, 137, 1_000})
    void sumOfAllNeverExceedsTheLimitByAsMuchAsATwentiethInTenSeconds(int rate) {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            RateSlots slots = RateSlots.free(START);
            List<Long> sent = new ArrayList<>();
            Instant now = START;
            while (now.isBefore(START.plusSeconds(60))) {
                // Quiet times and rushes.
                now = now.plusMillis(random.nextInt(now.getEpochSecond() % 20 < 5 ? 300 : 30));
                Lane lane = random.nextInt(10) == 0 ? Lane.OPERATOR : Lane.CHECK;
                RateSlots.Reserved reserved = slots.reserve(now, 1 + random.nextInt(rate), rate, lane);
                slots = reserved.slots();
                boolean dies = random.nextInt(20) == 0;
                for (int i = 0; i < reserved.grant().count() && !dies; i++) {
                    long late = random.nextLong(RequestTokens.VALID.toNanos());
                    sent.add(Duration.between(START, now).toNanos()
                            + reserved.grant().delayNanos()
                            + i * reserved.grant().stepNanos()
                            + late);
                }
            }
            assertThat(mostInTenSeconds(sent)).as("seed %s", seed).isLessThanOrEqualTo((int) (rate * 10 * 1.05) + 1);
        }
    }

    private static int mostInTenSeconds(List<Long> sent) {
        Collections.sort(sent);
        Deque<Long> window = new ArrayDeque<>();
        int most = 0;
        for (long at : sent) {
            window.addLast(at);
            while (at - window.getFirst() >= Duration.ofSeconds(10).toNanos()) {
                window.removeFirst();
            }
            most = Math.max(most, window.size());
        }
        return most;
    }
}
