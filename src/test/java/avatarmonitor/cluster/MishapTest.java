package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MishapTest {
    private static final Duration RUN = Duration.ofMinutes(10);
    private static final Duration LONGEST = Duration.ofSeconds(6);

    @Test
    void sameSeedGivesTheSameRunAndAnotherSeedAnother() {
        assertThat(draw(7)).isEqualTo(draw(7)).isNotEqualTo(draw(8));
    }

    @Test
    void longRunHasEveryKindAndEachMishapIsOverBeforeItsEnd() {
        assertThat(draw(7)).extracting(Mishap::kind).contains(Mishap.Kind.values());
        assertThat(draw(7)).allSatisfy(mishap -> {
            assertThat(mishap.at().plus(mishap.lasts())).isLessThanOrEqualTo(RUN);
            assertThat(mishap.lasts()).isLessThanOrEqualTo(LONGEST);
        });
    }

    @Test
    void mishapsOverlapButNeverTwoOfOneWorker() {
        List<Mishap> mishaps = draw(7);
        int together = 0;
        for (Mishap one : mishaps) {
            for (Mishap other : mishaps) {
                boolean overlap = !one.equals(other)
                        && one.at().compareTo(other.at()) <= 0
                        && one.at().plus(one.lasts()).compareTo(other.at()) > 0;
                together += overlap ? 1 : 0;
                assertThat(overlap && one.member() == other.member())
                        .as("%s and %s", one, other)
                        .isFalse();
            }
        }
        assertThat(together).isPositive();
    }

    private static List<Mishap> draw(long seed) {
        return Mishap.draw(seed, 3, RUN, Duration.ofSeconds(2), LONGEST);
    }
}
