package avatarmonitor.app;

import avatarmonitor.testing.Seed;
import org.junit.jupiter.api.Test;

/** Many random hours with an unreliable platform API; {@code -Dchaos.seed} plays one of them again. */
final class RandomHistoryChaos {
    private static final int HOURS = 60;

    @Test
    void eachTrainingEndsAsFalSaysAndNoLaterThanByPolling() throws InterruptedException {
        long first = Seed.given();
        int hours = Seed.isGiven() ? 1 : HOURS;
        for (long hour = first; hour < first + hours; hour++) {
            RandomHistory.play(hour);
        }
    }
}
