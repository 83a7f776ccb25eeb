package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site.Training;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** For a minute workers of this release and of the next one share a database that the next one has migrated further. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
final class RollingDeploymentChaos {
    private static final int TRAININGS = 100;
    private static final Duration TOGETHER = Duration.ofMinutes(1);

    @RegisterExtension
    private final Site site;

    private final TestDatabase kind;

    RollingDeploymentChaos(TestDatabase kind) {
        this.kind = kind;
        site = Site.on(kind).with("monitor.interval", "2s");
    }

    @Test
    void oldAndNewReleaseWorkTogetherOnANewerSchema() {
        Path next = OtherBuild.with(
                site.directory(),
                "sql/migrations/" + (kind == TestDatabase.H2 ? "h2" : "postgresql") + "/V9999__ahead.sql",
                "ALTER TABLE avatar_monitoring ADD COLUMN ahead varchar(10);");
        List<Training> trainings = new ArrayList<>();
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                trainings.add(site.train(avatars, "STYLE", Scenario.stalled(Course.Stall.IN_PROGRESS)));
            }
        });
        WorkerProcess old = site.with("worker.name", "old").startWorker().awaitStarted();
        WorkerProcess young =
                site.with("worker.name", "new").startWorkerOf(next).awaitStarted();
        assertThat(site.rows("SELECT version FROM avatar_monitor_schema_history WHERE version = '9999'"))
                .hasSize(1);
        // Another worker of the old release, which starts on the newer schema, as in an aborted deployment.
        WorkerProcess late = site.with("worker.name", "late").startWorker().awaitStarted();
        for (int i = 0; i < TRAININGS; i++) {
            Scenario scenario = Scenario.standard()
                    .withQueue(Duration.ZERO, 0)
                    .withRun(TOGETHER.multipliedBy(i).dividedBy(TRAININGS))
                    .withOutcome(Outcome.success());
            site.fal().change(trainings.get(i).request(), scenario);
        }
        site.awaitDatabase(avatars -> {
            assertThat(avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_state = 'ERROR'"))
                    .isZero();
            return avatars.count("SELECT count(*) FROM avatars WHERE status = 'COMPLETED'") > TRAININGS / 2;
        });
        site.awaitAllEnded();

        site.write(avatars -> {
            for (Training training : trainings) {
                assertThat(avatars.row(training.avatar())).containsEntry("status", "COMPLETED");
                assertThat(avatars.events(training.avatar())).isEqualTo("watching,completed");
            }
        });
        List<String> ended = site.rows("SELECT DISTINCT worker FROM avatar_event WHERE type = 'completed'").stream()
                .map(worker -> worker.replaceAll("-.*", "").toLowerCase(Locale.ROOT))
                .sorted()
                .toList();
        assertThat(ended).as("workers that ended trainings").containsExactly("late", "new", "old");
        // The oldest one serves the H2 file to all others, and stops last.
        for (WorkerProcess worker : List.of(late, young, old)) {
            assertThat(worker.output()).doesNotContain(" ERROR ");
            worker.sigterm();
            assertThat(worker.exitCode(Duration.ofSeconds(16))).isZero();
        }
        assertThat(site.rows("SELECT trigger_name FROM qrtz_triggers")).containsExactly("hourly");
        assertThat(site.rows("SELECT entry_id FROM qrtz_fired_triggers")).isEmpty();
    }
}
