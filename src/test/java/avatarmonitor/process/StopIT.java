package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker stops in time, whatever hangs, and leaves nothing behind for which others would have to wait. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
final class StopIT {
    private static final int TRAININGS = 60;
    /** Default of worker.concurrency. */
    private static final int PLACES = 10;

    private static final Duration TIMEOUT = Duration.ofSeconds(7);
    /** Allowance for a busy machine; less than the time in which fal would answer. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    @RegisterExtension
    private final Site site;

    StopIT(TestDatabase kind) {
        site = Site.on(kind).with("worker.shutdown-timeout", "7s").with("monitor.interval", "2s");
    }

    @Test
    void sigtermUnderLoadEndsInOrder() {
        site.fal().inject(Fault.delay(Duration.ofMillis(100), Duration.ofMillis(500)));
        handOver();
        WorkerProcess worker = site.startWorker();
        worker.awaitWhileAlive(() -> site.fal().calls(Op.STATUS).size() >= TRAININGS);
        awaitEndOfTheFirstReconcile();
        worker.sigterm();
        assertThat(worker.exitCode(TIMEOUT.plus(SLACK))).isZero();
        assertThat(worker.output()).contains("worker stopped checks_ended=true");
        assertNothingIsHeld();
    }

    @Test
    void sigtermWhileFalHangsEndsInTimeAndGivesBackTheChecks() {
        handOver();
        site.fal().inject(Fault.hang());
        WorkerProcess worker = site.with("fal.timeout", "30s").startWorker();
        worker.awaitWhileAlive(() -> site.fal().calls().size() >= PLACES);
        awaitEndOfTheFirstReconcile();
        worker.sigterm();
        worker.exitCode(TIMEOUT.plus(SLACK));
        assertThat(worker.output()).contains("worker stopped").doesNotContain("stop took longer");
        assertNothingIsHeld();
    }

    /** A run that a stop cuts off leaves the trigger of its retry. */
    private void awaitEndOfTheFirstReconcile() {
        site.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'avatar'")
                        == TRAININGS
                && avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'maintenance'") == 1);
    }

    private void handOver() {
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS));
            }
        });
    }

    private void assertNothingIsHeld() {
        site.write(avatars -> {
            assertThat(avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_state = 'WAITING'"))
                    .as("triggers that wait for others: one for each avatar and the hourly one")
                    .isEqualTo(TRAININGS + 1);
            assertThat(avatars.count("SELECT count(*) FROM qrtz_triggers")).isEqualTo(TRAININGS + 1);
            assertThat(avatars.count("SELECT count(*) FROM qrtz_fired_triggers"))
                    .isZero();
            assertThat(avatars.count("SELECT count(*) FROM qrtz_scheduler_state"))
                    .isZero();
        });
    }
}
