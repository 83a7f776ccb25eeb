package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A worker whose scheduler or firing threads hang without dying or failing ends by itself after an event. The build is
 * modified: a thread that searches for due triggers hangs while a file exists, and the watchdog waits for seconds
 * instead of minutes.
 */
@Execution(ExecutionMode.CONCURRENT)
final class StuckThreadIT {
    private static final String HANG = """
                while (java.nio.file.Files.exists(java.nio.file.Path.of("hang"))) {
                    java.util.concurrent.locks.LockSupport.parkNanos(50_000_000L);
                }
            """;

    @RegisterExtension
    private final Site h2 = Site.on(TestDatabase.H2);

    @RegisterExtension
    private final Site postgres = Site.on(TestDatabase.POSTGRESQL_18);

    @Test
    void hangingSchedulerThreadEndsTheWorker() throws IOException {
        endsByItself(
                h2,
                "schedule/quartz/IndexedDelegate.java",
                "long noLaterThan, long noEarlierThan, int maxCount) throws SQLException {\n");
    }

    @Test
    void hangingFiringThreadsEndTheWorker() throws IOException {
        endsByItself(
                postgres,
                "schedule/batch/DueTriggers.java",
                "List<Due> lock(long now, long notBefore, long from, int limit) throws SQLException {\n");
    }

    private static void endsByItself(Site site, String file, String method) throws IOException {
        Map<String, UnaryOperator<String>> edits = Map.of(
                file,
                source -> replaced(source, method, method + HANG),
                "app/ProgressWatch.java",
                StuckThreadIT::impatient);
        WorkerProcess worker = site.with("worker.shutdown-timeout", "2s")
                .startWorkerOf(OtherBuild.edited(site.directory(), edits))
                .awaitStarted();
        site.write(avatars -> site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS)));
        site.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM v_watched WHERE checks > 0") == 1);
        Files.createFile(site.directory().resolve("hang"));

        assertThat(worker.exitCode(Duration.ofSeconds(90))).isEqualTo(1);
        assertThat(worker.output())
                .contains(
                        "scheduler stuck, thread dump",
                        "worker cannot go on and ends",
                        "a thread of the scheduler hangs");
        assertThat(site.rows("SELECT count(*) FROM avatar_event WHERE type = 'worker_stuck'"))
                .containsExactly("1");
        Files.delete(site.directory().resolve("hang"));
        int before = site.fal().calls(Op.STATUS).size();
        // The thread may have held the cluster-wide lock to the end: then the firings are recovered, not released.
        site.startWorker().awaitWhileAlive(() -> site.fal().calls(Op.STATUS).size() > before + 1);
    }

    /** Shortens the limits of the watchdog: a second for each minute, and dependent limits accordingly. */
    private static String impatient(String source) {
        String text = replaced(source, "PERIOD = Duration.ofSeconds(5)", "PERIOD = Duration.ofMillis(500)");
        text = replaced(text, "GAP_MAX = PERIOD.multipliedBy(3)", "GAP_MAX = PERIOD.multipliedBy(20)");
        text = replaced(text, "STUCK_AFTER = Duration.ofMinutes(5)", "STUCK_AFTER = Duration.ofSeconds(5)");
        return replaced(text, "DUE_FOR_MIN = Duration.ofSeconds(10)", "DUE_FOR_MIN = Duration.ofSeconds(2)");
    }

    private static String replaced(String source, String part, String other) {
        assertThat(source).contains(part);
        return source.replace(part, other);
    }
}
