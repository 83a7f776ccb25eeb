package avatarmonitor.check.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.RequestDemand.Group;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a rate limit that is too low is shared by trainings of different intervals and priorities. */
final class RequestDemandTest {
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private static RequestDemand demand(long monitored, Group... own) {
        return RequestDemand.of(MINUTE, monitored, List.of(own));
    }

    private static Group priority(int priority, long trainings) {
        return new Group(null, priority, trainings);
    }

    @Test
    void eachTrainingNeedsOneRequestInItsOwnInterval() {
        assertThat(demand(0).perSecond()).isZero();
        assertThat(demand(600).perSecond()).isEqualTo(10);
        assertThat(demand(600, new Group(Duration.ofSeconds(15), null, 300)).perSecond())
                .isEqualTo(25);
        assertThat(demand(600, new Group(Duration.ofMinutes(10), 1, 300)).perSecond())
                .isEqualTo(5.5);
        assertThat(demand(10, priority(8, 60)).perSecond())
                .as("a group that was counted later")
                .isEqualTo(1);
    }

    /** With fires every 60 s a request after 80 s is sent after 60 s, and one after 150 s after 120 s. */
    @ParameterizedTest
    @CsvSource({"30, 20", "80, 10", "90, 10", "91, 6.5934", "150, 5", "600, 1"})
    void longerIntervalEndsAtTheNearestFire(long seconds, double perSecond) {
        assertThat(demand(600, new Group(Duration.ofSeconds(seconds), null, 600))
                        .perSecond())
                .isCloseTo(perSecond, within(0.0001));
    }

    @ParameterizedTest
    @CsvSource({"10, 0", "9.9, 1.0101", "5, 2", "0.1, 100"})
    void withoutPrioritiesAllWaitsStretchAlike(double available, double stretch) {
        assertThat(demand(600).stretch(available)).isCloseTo(stretch, within(0.0001));
        assertThat(demand(600, priority(5, 300)).stretch(available)).isCloseTo(stretch, within(0.0001));
    }

    /**
     * 600 trainings need 10 requests per second; one tenth has the priority in the first column. Literals by hand: with
     * priority 10 and 5 available 5 = (9 + 2) / S; from 9.5 on preferred ones are not stretched: 9.5 - 1 = 9 / S.
     */
    @ParameterizedTest
    @CsvSource({
        "10, 5, 2.2",
        "10, 9.5, 1.0588",
        "10, 9.999, 1.0001",
        "10, 0.5, 22",
        "1, 5, 1.84",
        "1, 9.5, 0.4",
        "1, 9.2, 1",
        "1, 9.1, 1.011"
    })
    void preferredTrainingsAreStretchedLastAndOthersFirst(int priority, double available, double stretch) {
        assertThat(demand(600, priority(priority, 60)).stretch(available)).isCloseTo(stretch, within(0.0001));
    }

    /** Whatever the groups are: exactly what is available is used, and none is checked more often than wanted. */
    @Test
    void whatIsAvailableIsUsedUpExactly() {
        SplittableRandom random = new SplittableRandom(23);
        for (int round = 0; round < 1_000; round++) {
            List<Group> groups = random.ints(random.nextInt(1, 12), 1, 11)
                    .mapToObj(priority ->
                            new Group(Duration.ofMinutes(random.nextInt(1, 61)), priority, random.nextInt(1, 500)))
                    .toList();
            RequestDemand demand = RequestDemand.of(
                    MINUTE, groups.stream().mapToLong(Group::trainings).sum(), groups);
            double available = demand.perSecond() * random.nextDouble(0.01, 1);
            double stretch = demand.stretch(available);
            double sent = groups.stream()
                    .mapToDouble(group -> group.trainings()
                            / (seconds(group) * new Overrides(null, null, null, group.priority()).factor(stretch)))
                    .sum();
            assertThat(sent).as("%s at %s", groups, available).isCloseTo(available, within(available * 1e-9));
        }
    }

    private static double seconds(Group group) {
        return group.interval() == null ? 60 : group.interval().toSeconds();
    }

    /** 100 trainings of each of three priorities, with a limit of 1 request per second instead of 5, for ten hours. */
    @Test
    void preferredTrainingIsCheckedTwiceAsOftenAsAnOrdinaryOneAndNoneStarves() {
        double stretch = demand(300, priority(10, 100), priority(1, 100)).stretch(1);
        assertThat(stretch).isCloseTo(5.333, within(0.001));
        long preferred = requests(10, stretch);
        long ordinary = requests(5, stretch);
        long least = requests(1, stretch);
        assertThat(preferred + ordinary + least).as("in 36,000 s").isBetween(34_500L, 37_000L);
        assertThat((double) preferred / ordinary).isBetween(1.95, 2.05);
        assertThat((double) ordinary / least).isBetween(4.8, 5.2);
        assertThat(longestWait(1, stretch)).isLessThan(2 * 1_600L);
    }

    private static long requests(int priority, double stretch) {
        long requests = 0;
        for (int number = 0; number < 100; number++) {
            requests += fires(number, priority, stretch)[0];
        }
        return requests;
    }

    private static long longestWait(int priority, double stretch) {
        long longest = 0;
        for (int number = 0; number < 100; number++) {
            longest = Math.max(longest, fires(number, priority, stretch)[1]);
        }
        return longest;
    }

    /** Requests and longest wait in seconds of one training whose trigger fires each minute for ten hours. */
    private static long[] fires(int number, int priority, double stretch) {
        AvatarId id = new AvatarId(new UUID(0x4000, number));
        double factor = new Overrides(null, null, null, priority).factor(stretch);
        Instant last = START;
        long requests = 0;
        long longest = 0;
        for (int minute = 1; minute <= 600; minute++) {
            Instant now = START.plusSeconds(60L * minute);
            Cadence.Facts facts =
                    new Cadence.Facts(id, MINUTE, MINUTE, factor, 0, last, START.plusSeconds(86_400), false, null, now);
            if (Cadence.decide(facts) instanceof Cadence.Send) {
                requests++;
                longest = Math.max(longest, Duration.between(last, now).toSeconds());
                last = now;
            }
        }
        return new long[] {requests, longest};
    }
}
