package avatarmonitor.cluster;

import avatarmonitor.testing.Seed;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers are killed repeatedly at random moments under load, and restarted at once. */
final class KillPointsChaos {
    private static final int TRAININGS = 2_000;
    private static final int KILLS = Integer.getInteger("chaos.kills", 200);

    /** One of this many restarted workers is killed before it does anything. */
    private static final int EARLY = 4;

    private static final int LONGEST_PAUSE_MILLIS = 2_500;

    @RegisterExtension
    private final Cluster cluster = Cluster.of(3)
            .checksEvery(Duration.ofMinutes(2))
            .with("fal.timeout", "5s")
            .with("db.pool-size", "16");

    @Test
    void noKillLosesOrRepeatsAnything() {
        long seed = Seed.given();
        Random random = new Random(seed);
        cluster.trainings().handOver(TRAININGS);
        cluster.start();
        Member killed = cluster.member(0);
        for (int kill = 0; kill < KILLS; kill++) {
            if (random.nextInt(EARLY) > 0) {
                killed.awaitUp();
            }
            LockSupport.parkNanos(
                    Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MILLIS)).toNanos());
            killed = cluster.member(random.nextInt(cluster.members().size()));
            kill(killed);
            cluster.trainings().end(TRAININGS / KILLS);
        }
        cluster.members().forEach(Member::awaitUp);
        cluster.trainings().endAll(Duration.ZERO);
        Judge.judge(
                cluster,
                "KillPoints kills=" + KILLS + " seed=" + seed,
                cluster.interval().plus(Cluster.NOISE));
    }

    private void kill(Member member) {
        Instant now = cluster.fal().now();
        cluster.incidents().suspect(member.worker());
        cluster.incidents().add("kill " + member.worker(), now, now.plus(Cluster.DETECTION));
        member.kill();
        member.start();
    }
}
