package avatarmonitor.cluster;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Random faults for {@code -Dchaos.minutes=...}; {@code -Dchaos.seed=...} repeats the run of that seed. */
final class RandomFaultsChaos {
    private static final int TRAININGS = 300;
    private static final Duration RUN = Duration.ofMinutes(Integer.getInteger("chaos.minutes", 5));
    private static final Duration PAUSE = Duration.ofSeconds(4);
    private static final Duration LONGEST = Duration.ofSeconds(40);

    @RegisterExtension
    private final Cluster cluster =
            Cluster.of(3).checksEvery(Duration.ofSeconds(15)).with("fal.timeout", "5s");

    @Test
    void everyTrainingEndsOnceAndIsCheckedAllTheTime() {
        RandomFaults.strikeAndJudge(cluster, TRAININGS, RUN, PAUSE, LONGEST);
    }

    @Test
    void soItIsBesideAWorkerThatFiresOneByOne() {
        cluster.member(0).with("cluster.firing", "single");
        RandomFaults.strikeAndJudge(cluster, TRAININGS, RUN, PAUSE, LONGEST);
    }
}
