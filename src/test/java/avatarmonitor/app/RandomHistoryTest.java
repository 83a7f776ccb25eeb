package avatarmonitor.app;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A few of the random hours of {@link RandomHistory}; {@link RandomHistoryChaos} plays many. */
final class RandomHistoryTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void eachTrainingEndsAsFalSaysAndNoLaterThanByPolling(long seed) throws InterruptedException {
        RandomHistory.play(seed);
    }
}
