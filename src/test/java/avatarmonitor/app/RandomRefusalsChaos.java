package avatarmonitor.app;

import avatarmonitor.testing.Seed;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A hundred random hours of refusals; {@code -Dchaos.seed} plays one of them again. */
final class RandomRefusalsChaos {
    private static final int HOURS = Integer.getInteger("chaos.hours", 100);

    @Test
    void noTrainingEndsFalselyOrIsLostAndEachPauseEnds() {
        long first = Seed.given();
        int hours = Seed.isGiven() ? 1 : HOURS;
        Map<String, Integer> phases = new TreeMap<>();
        for (long hour = first; hour < first + hours; hour++) {
            RandomRefusals.play(hour).forEach((kind, count) -> phases.merge(kind, count, Integer::sum));
        }
        System.out.println("RandomRefusals hours=" + hours + " phases=" + phases);
    }
}
