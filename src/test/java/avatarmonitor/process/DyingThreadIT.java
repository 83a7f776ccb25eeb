package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A worker that loses a required thread ends in order, so that its supervisor restarts it, instead of staying as a
 * process that looks alive. A class missing from the jar causes a real error at a known place.
 */
@Execution(ExecutionMode.CONCURRENT)
final class DyingThreadIT {
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(60);

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.H2);

    @Test
    void errorWhereTriggersAreFiredEndsTheWorker() {
        site.write(avatars -> site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS)));
        endsByItself(start("org/quartz/core/JobRunShell.class"), "-scheduler died");
    }

    @Test
    void errorWhereOverdueTriggersAreMovedEndsTheWorker() {
        WorkerProcess worker =
                start("avatarmonitor/schedule/quartz/SimpleTriggerRow.class").awaitStarted();
        site.write(avatars -> avatars.run("UPDATE qrtz_triggers SET next_fire_time = 1000"));
        endsByItself(worker, "MisfireHandler died");
    }

    @Test
    void errorWhereWorkersWatchEachOtherEndsTheWorker() {
        WorkerProcess worker = start("avatarmonitor/schedule/quartz/PeerFailureDetector$Sight.class")
                .awaitStarted();
        site.write(avatars -> avatars.run("""
                INSERT INTO qrtz_scheduler_state (sched_name, instance_name, last_checkin_time, checkin_interval)
                VALUES ('avatar-monitor', 'peer', 1000, 1000)"""));
        endsByItself(worker, "ClusterManager died");
    }

    private WorkerProcess start(String missing) {
        return site.startWorkerOf(OtherBuild.without(site.directory(), missing));
    }

    private void endsByItself(WorkerProcess worker, String reason) {
        assertThat(worker.exitCode(NOTICED_WITHIN)).isEqualTo(1);
        assertThat(worker.output()).contains("worker cannot go on and ends", reason, "worker stopped");
        List<String> left = site.rows("SELECT instance_name FROM qrtz_scheduler_state WHERE instance_name <> 'peer'"
                + " UNION ALL SELECT instance_name FROM qrtz_fired_triggers");
        assertThat(left).as("what it held is given back").isEmpty();
    }
}
