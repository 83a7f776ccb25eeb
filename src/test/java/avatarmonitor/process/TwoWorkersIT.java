package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site.Training;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers on one database share the work: each training is monitored once and ended once. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
final class TwoWorkersIT {
    private static final int TRAININGS = 100;

    @RegisterExtension
    private final Site site;

    private final TestDatabase kind;

    TwoWorkersIT(TestDatabase kind) {
        this.kind = kind;
        site = Site.on(kind).with("monitor.interval", "2s").with("fal.timeout", "20s");
    }

    @Test
    void twoThatStartAtOnceWatchEachTrainingOnceAndEndItOnce() {
        List<Training> trainings = new ArrayList<>();
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                trainings.add(site.train(avatars, "STYLE", Scenario.stalled(Course.Stall.IN_QUEUE)));
            }
        });
        WorkerProcess one = site.with("worker.name", "one").startWorker();
        WorkerProcess two = site.with("worker.name", "two").startWorker();
        one.awaitStarted();
        two.awaitStarted();
        // Either may run both start-up searches for unmonitored avatars; the hourly trigger remains when both are over.
        site.awaitDatabase(avatars -> avatars.count("SELECT count(DISTINCT last_worker) FROM avatar_monitoring") == 2
                && avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'maintenance'") == 1);
        site.write(avatars -> {
            assertThat(avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'avatar'"))
                    .isEqualTo(TRAININGS);
            assertThat(avatars.count("SELECT count(*) FROM v_watched")).isEqualTo(TRAININGS);
            assertThat(avatars.count("SELECT count(*) FROM avatar_event")).isEqualTo(TRAININGS);
        });
        if (kind == TestDatabase.H2) {
            WorkerProcess shell = site.sqlShell("SELECT count(*) AS watched_now FROM v_watched");
            assertThat(shell.exitCode(WorkerProcess.START_MAX)).isZero();
            assertThat(shell.output()).containsIgnoringCase("watched_now").contains("" + TRAININGS);
        }

        trainings.forEach(training -> site.fal().change(training.request(), Scenario.ended(Outcome.success())));
        site.awaitAllEnded();
        site.write(avatars -> trainings.forEach(training -> {
            assertThat(avatars.row(training.avatar())).containsEntry("status", "COMPLETED");
            assertThat(avatars.events(training.avatar())).isEqualTo("watching,completed");
        }));
        assertThat(one.output() + two.output()).doesNotContain("Exception").doesNotContain(" ERROR ");
        for (WorkerProcess worker : List.of(one, two)) {
            worker.sigterm();
            assertThat(worker.exitCode(Duration.ofSeconds(16))).isZero();
        }
    }
}
