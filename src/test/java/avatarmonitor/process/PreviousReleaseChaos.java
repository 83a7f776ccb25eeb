package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site.Training;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A worker of the previous release, built from the repository's history, and one of this release share a PostgreSQL
 * database. In both orders every training ends exactly once.
 */
final class PreviousReleaseChaos {
    /** Last commit with the schema of version 0.1.0, as in {@code src/test/resources/schemas}. */
    private static final String PREVIOUS = "642d2d7e7356260ebe7f2159fb89a3d5871b798f";

    private static final int TRAININGS = 60;
    private static final Duration TOGETHER = Duration.ofSeconds(30);
    private static final Duration STOP_MAX = Duration.ofSeconds(20);
    private static final Duration BUILD_MAX = Duration.ofMinutes(10);

    @RegisterExtension
    private final Site site = Site.onEmpty(TestDatabase.POSTGRESQL_18).with("monitor.interval", "2s");

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bothReleasesWorkOnOneDatabaseAndNothingIsLostOrDoneTwice(boolean oldFirst) throws Exception {
        Path previous = previousRelease();
        assertThat(site.run("migrate", "--create-avatars").exitCode(Duration.ofMinutes(1)))
                .isZero();
        if (oldFirst) {
            // The database of the previous release: only it has migrated.
            site.write(avatars -> avatars.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public"));
            assertThat(site.runOf(previous, "migrate", "--create-avatars").exitCode(Duration.ofMinutes(1)))
                    .isZero();
            assertThat(site.rows("SELECT max(CAST(version AS int)) FROM avatar_monitor_schema_history"))
                    .containsExactly("24");
        }
        List<Training> trainings = new ArrayList<>();
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                trainings.add(site.train(avatars, "STYLE", Scenario.stalled(Course.Stall.IN_PROGRESS)));
            }
        });

        WorkerProcess first = start(oldFirst, previous);
        WorkerProcess second = start(!oldFirst, previous);
        assertThat(site.rows("SELECT count(*) FROM avatar_monitor_schema_history WHERE version = '40'"))
                .containsExactly("1");
        for (int i = 0; i < TRAININGS; i++) {
            site.fal()
                    .change(
                            trainings.get(i).request(),
                            Scenario.standard()
                                    .withQueue(Duration.ZERO, 0)
                                    .withRun(TOGETHER.multipliedBy(i).dividedBy(TRAININGS))
                                    .withOutcome(Outcome.success()));
        }
        site.awaitAllEnded();

        site.write(avatars -> {
            for (Training training : trainings) {
                assertThat(avatars.row(training.avatar())).containsEntry("status", "COMPLETED");
                assertThat(avatars.events(training.avatar())).isEqualTo("watching,completed");
            }
        });
        assertThat(site.rows("SELECT DISTINCT worker FROM avatar_event WHERE type = 'completed'").stream()
                        .map(worker -> worker.replaceAll("-.*", "").toLowerCase(Locale.ROOT))
                        .sorted()
                        .toList())
                .as("workers that ended trainings")
                .containsExactly("new", "old");
        for (WorkerProcess worker : List.of(first, second)) {
            assertThat(worker.output()).doesNotContain(" ERROR ");
            worker.sigterm();
            assertThat(worker.exitCode(STOP_MAX)).isZero();
        }
        assertThat(site.rows("SELECT trigger_name FROM qrtz_triggers")).containsExactly("hourly");
        assertThat(site.rows("SELECT entry_id FROM qrtz_fired_triggers")).isEmpty();
    }

    private WorkerProcess start(boolean old, Path previous) {
        site.with("worker.name", old ? "old" : "new");
        return (old ? site.startWorkerOf(previous) : site.startWorker()).awaitStarted();
    }

    /** Builds the previous release offline, once for each working directory. */
    private static Path previousRelease() throws IOException, InterruptedException {
        Path directory = Path.of("target/previous-release", PREVIOUS).toAbsolutePath();
        Path jar = directory.resolve("target/avatar-monitor.jar");
        if (!Files.exists(jar)) {
            Files.createDirectories(directory);
            run("git archive " + PREVIOUS + " | tar -x -C '" + directory + "'", directory);
            run("cd '" + directory + "' && mvn -o -q -ntp -Pfast package -Dmaven.test.skip=true", directory);
        }
        return jar;
    }

    private static void run(String command, Path directory) throws IOException, InterruptedException {
        Path log = directory.resolve("build.log");
        Process process = new ProcessBuilder("bash", "-o", "pipefail", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            assertThat(process.waitFor(BUILD_MAX.toSeconds(), TimeUnit.SECONDS))
                    .as("in time: %s", command)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as(
                        "%s (needs git with the whole history, and a Maven repository that holds its libraries)%n%s",
                        command, Files.readString(log))
                .isZero();
    }
}
