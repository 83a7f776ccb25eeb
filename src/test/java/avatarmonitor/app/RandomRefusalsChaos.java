package avatarmonitor.app;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A hundred random hours of refusals; {@code -Dchaos.seed} plays one of them again. */
final class RandomRefusalsChaos {
    private static final int HOURS = Integer.getInteger("chaos.hours", 100);

    @Test
    void noTrainingEndsFalselyOrIsLostAndEachPauseEnds() {
        Long seed = Long.getLong("chaos.seed");
        long first = seed == null ? System.nanoTime() : seed;
        int hours = seed == null ? HOURS : 1;
        Map<String, Integer> phases = new TreeMap<>();
        for (long hour = first; hour < first + hours; hour++) {
            RandomRefusals.play(hour).forEach((kind, count) -> phases.merge(kind, count, Integer::sum));
        }
        System.out.println("RandomRefusals first seed=" + first + " hours=" + hours + " phases=" + phases);
    }
}
