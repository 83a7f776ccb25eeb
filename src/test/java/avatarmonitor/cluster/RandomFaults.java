package avatarmonitor.cluster;

import avatarmonitor.testing.Seed;
import java.time.Duration;
import java.util.List;

/** Runs trainings under random faults and verifies the result. */
final class RandomFaults {
    private RandomFaults() {}

    /**
     * Runs with the given or a new seed.
     *
     * @param run duration of the run
     * @param pause between two faults
     * @param longest duration of a fault
     */
    static void strikeAndJudge(Cluster cluster, int trainings, Duration run, Duration pause, Duration longest) {
        long seed = Seed.given();
        List<Mishap> mishaps = Mishap.draw(seed, cluster.members().size(), run, pause, longest);
        cluster.trainings().handOver(trainings);
        cluster.start();
        cluster.awaitChecks(1);
        cluster.trainings().endAll(run);
        new Mishaps(cluster).befall(mishaps);
        Judge.judge(
                cluster,
                "RandomFaults mishaps=" + mishaps.size() + " seed=" + seed,
                cluster.interval().plus(Cluster.NOISE));
    }
}
