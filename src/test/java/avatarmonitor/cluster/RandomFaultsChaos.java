package avatarmonitor.cluster;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code -Dchaos.minutes=...} of everything that can go wrong; {@code -Dchaos.seed=...} plays the run of that seed again. */
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
        long seed = Seed.given();
        List<Mishap> mishaps = Mishap.draw(seed, cluster.members().size(), RUN, PAUSE, LONGEST);
        cluster.trainings().handOver(TRAININGS);
        cluster.start();
        cluster.awaitChecks(1);
        cluster.trainings().endAll(RUN);
        new Mishaps(cluster).befall(mishaps);
        Judge.judge(
                cluster,
                "RandomFaults mishaps=" + mishaps.size() + " seed=" + seed,
                cluster.interval().plus(Cluster.NOISE));
    }
}
