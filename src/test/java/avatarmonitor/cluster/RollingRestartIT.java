package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stops and starts one worker after the other under load, like a deployment, without visible effects. */
final class RollingRestartIT {
    private static final int TRAININGS = 60;

    @RegisterExtension
    private final Cluster cluster =
            Cluster.of(3).checksEvery(Duration.ofSeconds(4)).with("fal.timeout", "3s");

    @Test
    void noCheckIsLateAndNothingIsLeft() {
        cluster.trainings().handOver(TRAININGS);
        cluster.start();
        cluster.awaitChecks(1);
        cluster.trainings().endAll(Duration.ofSeconds(20));
        for (Member member : cluster.members()) {
            String old = member.worker();
            assertThat(member.stop()).as("exit code of %s", old).isZero();
            assertThat(Leftovers.of(cluster.avatars(), old)).isEmpty();
            member.start().awaitStarted();
        }
        Judge.judge(cluster, "RollingRestart", cluster.interval().plus(Cluster.NOISE));
    }
}
