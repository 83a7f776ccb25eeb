package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A worker with only the platform API, without a public URL, finds an end within seconds, long before its next regular
 * check.
 */
@Execution(ExecutionMode.CONCURRENT)
final class EarlyEndIT {
    private static final Duration END_TO_COMPLETED_MAX = Duration.ofMinutes(2);
    private static final int TRAININGS = 20;

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18);

    @Test
    void endIsFoundByThePlatformApiLongBeforeTheNextCheck() {
        WorkerProcess worker = site.with("monitor.interval", "10m")
                .with("reconcile.scan-interval", "1s")
                .with("fal.history-url", site.fal().baseUri() + "/v1")
                .startWorker()
                .awaitStarted();
        Scenario fiveSeconds = Scenario.standard().withQueue(Duration.ZERO, 0).withRun(Duration.ofSeconds(5));
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                site.train(avatars, "PORTRAIT", fiveSeconds);
            }
        });
        long ended = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        site.awaitDatabase(
                avatars -> avatars.count("SELECT count(*) FROM avatars WHERE status = 'COMPLETED'") == TRAININGS);
        Duration later = Duration.ofNanos(System.nanoTime() - ended);
        assertThat(later).isLessThan(END_TO_COMPLETED_MAX);
        assertThat(site.fal().calls(Op.HISTORY)).hasSizeLessThan(10 + (int) later.toSeconds() / 10);
        assertThat(worker.isAlive()).isTrue();
    }
}
