package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ctrl-C is equivalent to SIGTERM, and a second signal ends the process at once. */
final class SignalsIT {
    @RegisterExtension
    private final Site site = Site.on(TestDatabase.H2);

    @Test
    void interruptFromTheTerminalEndsInOrder() {
        WorkerProcess worker = site.startWorker().awaitStarted();
        assumeFalse(
                worker.ignoresSigint(),
                "left out: in the background of a shell, which makes its children ignore SIGINT");
        worker.sigint();
        assertThat(worker.exitCode(Duration.ofSeconds(16))).isZero();
        assertThat(worker.output()).contains("worker stopped checks_ended=true");
    }

    @Test
    void secondSigtermEndsAtOnceWhileTheFirstStillWaits() {
        site.write(avatars -> site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS)));
        site.fal().inject(Fault.hang());
        WorkerProcess worker = site.with("worker.shutdown-timeout", "60s")
                .with("fal.timeout", "45s")
                .startWorker();
        worker.awaitWhileAlive(() -> !site.fal().calls().isEmpty());
        worker.sigterm();
        worker.awaitOutput("worker stops");
        worker.sigterm();
        assertThat(worker.exitCode(Duration.ofSeconds(20))).isEqualTo(128 + 15);
        assertThat(worker.output()).doesNotContain("worker stopped");
    }
}
