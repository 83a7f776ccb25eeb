package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A worker on the embedded database is started and stopped many times under load, while another process reads: the file
 * stays intact.
 */
final class H2RoundsChaos {
    private static final int ROUNDS = Integer.getInteger("chaos.rounds", 200);
    private static final int TRAININGS = 60;
    private static final int CHECKS_PER_ROUND = 20;

    @RegisterExtension
    private final Site site =
            Site.on(TestDatabase.H2).with("monitor.interval", "2s").with("worker.shutdown-timeout", "15s");

    @Test
    void databaseOpensEveryTimeAndEveryRowIsThere() {
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS));
            }
        });
        for (int round = 0; round < ROUNDS; round++) {
            int before = site.fal().calls(Op.STATUS).size();
            WorkerProcess worker = site.startWorker().awaitStarted();
            WorkerProcess shell = site.sqlShell("SELECT count(*) AS watched_now FROM v_watched");
            worker.awaitWhileAlive(() -> site.fal().calls(Op.STATUS).size() > before + CHECKS_PER_ROUND);
            worker.sigterm();
            assertThat(worker.exitCode(Duration.ofSeconds(16)))
                    .as("round %s: %s", round, worker.output())
                    .isZero();
            assertThat(worker.output()).doesNotContain(" ERROR ");
            // A reader may lose its connection when the process that owns the file ends, but nothing else.
            assertThat(shell.exitCode(WorkerProcess.START_MAX) == 0
                            || shell.output().contains("Connection is broken"))
                    .as("round %s: %s", round, shell.output())
                    .isTrue();
            assertRowsAreRight(round);
        }
    }

    private void assertRowsAreRight(int round) {
        String counts = site.rows("""
                        SELECT (SELECT count(*) FROM avatars WHERE status = 'TRAINING'),
                               (SELECT count(*) FROM avatar_monitoring),
                               (SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'avatar' AND trigger_state = 'WAITING'),
                               (SELECT count(*) FROM qrtz_simple_triggers WHERE trigger_group = 'avatar'),
                               (SELECT count(*) FROM qrtz_fired_triggers),
                               (SELECT count(*) FROM qrtz_scheduler_state)
                        """).get(0);
        assertThat(counts)
                .as("avatars, watches, triggers, their halves, firings, workers after round %s", round)
                .isEqualTo("60|60|60|60|0|0");
    }
}
