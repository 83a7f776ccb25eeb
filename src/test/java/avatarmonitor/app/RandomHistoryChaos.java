package avatarmonitor.app;

import org.junit.jupiter.api.Test;

/** Many random hours with an unreliable platform API; {@code -Dchaos.seed} plays one of them again. */
final class RandomHistoryChaos {
    private static final int HOURS = 60;

    @Test
    void eachTrainingEndsAsFalSaysAndNoLaterThanByPolling() throws InterruptedException {
        Long seed = Long.getLong("chaos.seed");
        long first = seed == null ? System.nanoTime() : seed;
        int hours = seed == null ? HOURS : 1;
        for (long hour = first; hour < first + hours; hour++) {
            RandomHistory.play(hour);
        }
    }
}
