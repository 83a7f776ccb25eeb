package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A few of the random hours of {@link RandomRefusals}; {@link RandomRefusalsChaos} plays a hundred. */
final class RandomRefusalsTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 4})
    void noTrainingEndsFalselyOrIsLostAndEachPauseEnds(long seed) {
        assertThat(RandomRefusals.play(seed)).hasSizeGreaterThan(2);
    }
}
