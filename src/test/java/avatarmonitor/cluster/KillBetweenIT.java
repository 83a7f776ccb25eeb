package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A worker dies while it ends a training: after the avatar is written and before its trigger is removed, or before the
 * avatar is written. Locks hold it at the exact place.
 */
final class KillBetweenIT {
    /** Timeout from fal's answer to the write that waits for a lock. */
    private static final Duration STEP_MAX = Duration.ofSeconds(60);

    private static final Fault THINKING = Fault.delay(Duration.ofSeconds(2), Duration.ofSeconds(2))
            .on(Op.STATUS)
            .times(1);

    @RegisterExtension
    private final Cluster cluster =
            Cluster.of(3).checksEvery(Duration.ofSeconds(5)).with("fal.timeout", "4s");

    @Test
    void neitherOrderLosesOrRepeatsAnything() {
        List<Training> trainings = cluster.trainings().handOver(2);
        Training written = trainings.get(0);
        Training unwritten = trainings.get(1);
        cluster.start();
        cluster.awaitChecks(1);

        lastCheckBegins(written);
        Member died;
        try (RowLock trigger = RowLock.onTrigger(cluster.database(), written)) {
            cluster.awaitDatabase(
                    STEP_MAX,
                    avatars -> "COMPLETED".equals(avatars.row(written.avatar()).get("status")));
            died = whoChecks(written);
            kill(died);
            assertThat(triggersOf(written))
                    .as("trigger that outlives the avatar's end")
                    .isEqualTo(1);
        }
        cluster.awaitDatabase(STEP_MAX, avatars -> triggersOf(written) == 0);
        died.start();

        lastCheckBegins(unwritten);
        try (RowLock avatar = RowLock.onAvatar(cluster.database(), unwritten)) {
            cluster.awaitDatabase(STEP_MAX, avatars -> avatars.count("""
                    SELECT count(*) FROM pg_stat_activity
                    WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE avatars SET%'""") == 1);
            died = whoChecks(unwritten);
            kill(died);
        }
        assertThat(cluster.avatars().row(unwritten.avatar())).containsEntry("status", "TRAINING");
        assertThat(triggersOf(unwritten))
                .as("trigger of an avatar that is not written")
                .isEqualTo(1);
        died.start();
        Judge.judge(cluster, "KillBetween", cluster.interval().plus(Cluster.NOISE));
    }

    /**
     * Starts the last check while fal's answer is delayed; that answer reports the end of the training. Waits for one
     * check before: a worker that recovers the firings of a dead one makes one at once, and the regular one may follow
     * immediately.
     */
    private void lastCheckBegins(Training training) {
        awaitChecks(training, checks(training) + 1);
        int before = checks(training);
        cluster.trainings().end(training, Duration.ZERO, List.of(THINKING));
        awaitChecks(training, before + 1);
    }

    private void awaitChecks(Training training, int atLeast) {
        await().atMost(STEP_MAX).until(() -> checks(training) >= atLeast);
    }

    private int checks(Training training) {
        return cluster.fal().calls(training.request(), Op.STATUS).size();
    }

    private Member whoChecks(Training training) {
        String instance = String.valueOf(cluster.avatars()
                .row(
                        "SELECT instance_name FROM qrtz_fired_triggers WHERE trigger_name = ? AND state = 'EXECUTING'",
                        training.avatar().toString())
                .get("instance_name"));
        return cluster.members().stream()
                .filter(member -> Leftovers.isInstanceOf(member.worker(), instance))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody is " + instance));
    }

    private void kill(Member member) {
        Instant now = cluster.fal().now();
        member.kill();
        cluster.incidents().suspect(member.worker());
        cluster.incidents().add("kill " + member.worker(), now, now.plus(Cluster.DETECTION));
    }

    private int triggersOf(Training training) {
        return cluster.avatars()
                .count(
                        "SELECT count(*) FROM qrtz_triggers WHERE trigger_name = ?",
                        training.avatar().toString());
    }
}
