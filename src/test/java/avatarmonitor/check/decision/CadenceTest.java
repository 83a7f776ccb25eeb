package avatarmonitor.check.decision;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which fires of a trigger send a request to fal. */
final class CadenceTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final Duration MINUTE = Duration.ofSeconds(60);

    private static Cadence.Facts facts(
            AvatarId id, int failures, double stretch, long wantedSeconds, @Nullable Instant last, Instant now) {
        return new Cadence.Facts(
                id,
                MINUTE,
                Duration.ofSeconds(wantedSeconds),
                stretch,
                failures,
                last,
                START.plusSeconds(3600),
                false,
                null,
                now);
    }

    private static AvatarId avatar(long number) {
        return new AvatarId(new UUID(0x4000, number));
    }

    private static boolean asks(Cadence.Facts facts) {
        return Cadence.decide(facts) instanceof Cadence.Send;
    }

    /**
     * Returns the seconds between requests for one avatar, with a fire per minute that starts up to two seconds late.
     */
    private static List<Long> gaps(AvatarId id, int failures, double stretch, long wantedSeconds, int minutes) {
        List<Long> gaps = new ArrayList<>();
        Instant last = START;
        for (int minute = 1; minute <= minutes; minute++) {
            Instant now = START.plusSeconds(60L * minute).plusMillis(minute * 7919L % 2000);
            if (asks(facts(id, failures, stretch, wantedSeconds, last, now))) {
                gaps.add(Math.round(Duration.between(last, now).toMillis() / 1000.0));
                last = now;
            }
        }
        return gaps;
    }

    @Test
    void eachFireAsksByDefault() {
        assertThat(gaps(avatar(1), 0, 1, 60, 60)).hasSize(60);
        assertThat(gaps(avatar(1), 1, 1, 60, 60)).as("first failure").hasSize(60);
        assertThat(asks(facts(avatar(1), 0, 1, 60, null, START)))
                .as("never asked")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"2, 96, 144", "3, 192, 288", "4, 384, 576", "5, 480, 720", "20, 480, 720"})
    void backoffDoublesFromTwoMinutesToTenAndDiffersByUpToAFifth(int failures, long shortest, long longest) {
        LongSummaryStatistics seconds = LongStream.range(0, 1_000)
                .map(number -> Cadence.backoff(avatar(number), failures, MINUTE).toSeconds())
                .summaryStatistics();
        assertThat(seconds.getMin()).isBetween(shortest, shortest + (longest - shortest) / 50 + 1);
        assertThat(seconds.getMax()).isBetween(longest - (longest - shortest) / 50 - 1, longest);
        assertThat(seconds.getAverage())
                .isBetween((shortest + longest) / 2.0 * 0.98, (shortest + longest) / 2.0 * 1.02);
    }

    @Test
    void backoffOfAShortIntervalIsTenIntervalsAndOfALongOneNone() {
        assertThat(Cadence.backoff(avatar(1), 30, Duration.ofSeconds(1)))
                .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
        assertThat(Cadence.decide(new Cadence.Facts(
                        avatar(1),
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        1,
                        30,
                        START,
                        START.plusSeconds(86_400),
                        false,
                        null,
                        START.plusSeconds(3_600))))
                .isEqualTo(new Cadence.Send());
    }

    @Test
    void backoffAsksAtTheFireNearestToItsEnd() {
        for (long number = 0; number < 100; number++) {
            long backoff = Cadence.backoff(avatar(number), 3, MINUTE).toSeconds();
            assertThat(gaps(avatar(number), 3, 1, 60, 60))
                    .allSatisfy(gap -> assertThat(gap).isBetween(backoff - 32, backoff + 32));
        }
    }

    @Test
    void longerIntervalLeavesOutWholeFires() {
        assertThat(gaps(avatar(1), 0, 1, 300, 60))
                .hasSize(12)
                .allSatisfy(gap -> assertThat(gap).isBetween(298L, 302L));
        assertThat(gaps(avatar(1), 0, 1, 10, 60))
                .as("never more often than it fires")
                .hasSize(60);
    }

    @ParameterizedTest
    @CsvSource({"1.05", "1.2", "1.5", "1.9", "2.5", "3.3", "7.7"})
    void stretchedIntervalsAreRightOnAverageAndNoWaitIsTwiceTheMean(double stretch) {
        LongSummaryStatistics all = new LongSummaryStatistics();
        for (long number = 0; number < 200; number++) {
            gaps(avatar(number), 0, stretch, 60, 58).forEach(all::accept);
        }
        assertThat(all.getAverage()).isBetween(60 * stretch * 0.93, 60 * stretch * 1.05);
        assertThat(all.getMax() / all.getAverage()).isLessThan(2);
        // Waits of one avatar differ by at most one fire interval.
        assertThat(all.getMax() - all.getMin()).isLessThanOrEqualTo(124);
    }

    /** An interval of its own is how an operator prefers a training while the rate limit is too low. */
    @Test
    void quarterOfTheIntervalIsAQuarterOfTheWaitAlsoWhenStretched() {
        LongSummaryStatistics waits = new LongSummaryStatistics();
        for (int number = 0; number < 200; number++) {
            Instant last = START;
            for (int fire = 1; fire <= 200; fire++) {
                Instant now = START.plusSeconds(15L * fire);
                boolean asks = asks(new Cadence.Facts(
                        avatar(number),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(15),
                        5,
                        0,
                        last,
                        START.plusSeconds(3600),
                        false,
                        null,
                        now));
                if (asks) {
                    waits.accept(Duration.between(last, now).toSeconds());
                    last = now;
                }
            }
        }
        assertThat(waits.getAverage()).isBetween(75 * 0.93, 75 * 1.05);
        assertThat(waits.getMax()).isLessThan(2 * 75);
    }

    /** Small changes of the factor must not make the waits shorter or longer on average. */
    @Test
    void stretchThatChangesALittleKeepsTheAverage() {
        LongSummaryStatistics all = new LongSummaryStatistics();
        for (long number = 0; number < 200; number++) {
            Instant last = START;
            for (int minute = 1; minute < 59; minute++) {
                Instant now = START.plusSeconds(60L * minute);
                double stretch = 5 + minute * 37 % 10 / 100.0;
                if (asks(facts(avatar(number), 0, stretch, 60, last, now))) {
                    all.accept(Duration.between(last, now).toSeconds());
                    last = now;
                }
            }
        }
        assertThat(all.getAverage()).isBetween(285.0, 320.0);
        assertThat(all.getMax()).isLessThanOrEqualTo(360);
    }

    @Test
    void lastFireBeforeTheEndAlwaysAsks() {
        Instant now = START.plusSeconds(60);
        Cadence.Facts early = facts(avatar(1), 9, 3, 600, START, now);
        assertThat(Cadence.decide(early)).isEqualTo(new Cadence.Skip("backoff after 9 failures in a row"));
        assertThat(asks(with(early, true, null))).as("last of the window").isTrue();
        assertThat(asks(with(early, false, now.plusSeconds(60)))).as("deadline").isTrue();
        assertThat(asks(with(early, false, now.plusSeconds(61)))).isFalse();
    }

    private static Cadence.Facts with(Cadence.Facts facts, boolean last, @Nullable Instant deadline) {
        return new Cadence.Facts(
                facts.id(),
                facts.triggerInterval(),
                facts.requestInterval(),
                facts.stretch(),
                facts.failures(),
                facts.lastRequestAt(),
                facts.windowEndsAt(),
                last,
                deadline,
                facts.now());
    }

    @Test
    void requestInTheFutureHoldsNothing() {
        assertThat(asks(facts(avatar(1), 9, 3, 600, START.plusSeconds(3_600), START)))
                .isTrue();
    }

    @Test
    void nextRequestIsDueOneFireAfterTheWaitAtTheLatest() {
        assertThat(Cadence.nextRequestBy(facts(avatar(1), 0, 1, 60, null, START)))
                .isNull();
        assertThat(Cadence.nextRequestBy(facts(avatar(1), 0, 1, 300, null, START)))
                .isEqualTo(START.plusSeconds(360));
        assertThat(Cadence.nextRequestBy(facts(avatar(1), 0, 2.5, 60, null, START)))
                .isEqualTo(START.plusSeconds(210));
    }
}
