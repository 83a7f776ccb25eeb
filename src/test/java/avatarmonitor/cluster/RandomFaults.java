package avatarmonitor.cluster;

import java.time.Duration;
import java.util.List;

/** Trainings that run their course while everything goes wrong that can, and the judgement of what came of it. */
final class RandomFaults {
    private RandomFaults() {}

    /**
     * Plays the run of the given or a new seed.
     *
     * @param run how long it goes on
     * @param pause between two mishaps
     * @param longest time that a mishap lasts
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
