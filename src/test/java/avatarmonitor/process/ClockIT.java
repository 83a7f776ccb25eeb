package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A worker whose clock is wrong does not start: it would fire early, or late, and take others' triggers for overdue. */
final class ClockIT {
    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18);

    @Test
    void workerThatIsHalfAMinuteAheadIsRefused() {
        FakeTime clock = FakeTime.right(site.directory(), ClockIT.class).ahead(30);
        clock.environment().forEach(site::withVariable);
        WorkerProcess worker = site.startWorker();

        assertThat(worker.exitCode(WorkerProcess.START_MAX)).isEqualTo(1);
        assertThat(worker.output())
                .containsPattern("avatar-monitor: the clock of this machine is (29|30)\\.\\d s ahead of"
                        + " the database's, more than the 2 s that are allowed: let NTP set both clocks")
                .doesNotContain("worker started", "Exception");
        assertThat(site.rows("SELECT instance_name FROM qrtz_scheduler_state")).isEmpty();
    }
}
