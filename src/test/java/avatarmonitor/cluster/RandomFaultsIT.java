package avatarmonitor.cluster;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Random faults for half a minute. {@code -Dchaos.seed=...} repeats the run of that seed. */
final class RandomFaultsIT {
    private static final int TRAININGS = 60;
    private static final Duration RUN = Duration.ofSeconds(22);
    private static final Duration PAUSE = Duration.ofMillis(1_800);
    private static final Duration LONGEST = Duration.ofSeconds(6);

    @RegisterExtension
    private final Cluster cluster =
            Cluster.of(3).checksEvery(Duration.ofSeconds(3)).with("fal.timeout", "2s");

    @Test
    void everyTrainingEndsOnceAndIsCheckedAllTheTime() {
        RandomFaults.strikeAndJudge(cluster, TRAININGS, RUN, PAUSE, LONGEST);
    }
}
