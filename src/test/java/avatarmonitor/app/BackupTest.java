package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Programs;
import avatarmonitor.testing.Programs.Ran;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A dump by pg_dump while a worker checks trainings, restored into an empty database: the work goes on from the state
 * of the dump.
 */
final class BackupTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int RUNNING = 60;
    private static final int ENDING = 60;
    private static final int ENDED = 30;
    private static final int ALL = RUNNING + ENDING + ENDED;

    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());

    @AutoClose
    private final TestDatabase.Fresh original = TestDatabase.POSTGRESQL_15.fresh();

    @AutoClose
    private final TestDatabase.Fresh restored = TestDatabase.POSTGRESQL_15.empty();

    @Test
    void trainingsOfADumpUnderLoadAreMonitoredAgainAndNothingIsLost() throws Exception {
        Path dump = Programs.require(BackupTest.class, "pg_dump", "postgresql-client");
        Path restore = Programs.require(BackupTest.class, "pg_restore", "postgresql-client");
        String archive = directory.resolve("backup.dump").toString();
        submitted("running-", RUNNING);
        submitted("ending-", ENDING);
        submitted("ended-", ENDED);
        requests("ended-", ENDED).forEach(this::end);

        Worker worker = worker(original);
        try {
            await().atMost(SOON)
                    .until(() -> completed(original) == ENDED
                            && askedSince(0, "running-") == RUNNING
                            && askedSince(0, "ending-") == ENDING);
            Ran dumped = dumpedWhileTrainingsEnd(dump, archive);
            assertThat(dumped.exit()).as(dumped.err()).isZero();
            submitted("after-", 1);
        } finally {
            worker.stop(Duration.ofSeconds(10));
        }

        String name = String.valueOf(Programs.environment(restored.config()).get("PGDATABASE"));
        Ran loaded = Programs.run(
                Programs.environment(restored.config()),
                restore.toString(),
                "--exit-on-error",
                "--no-owner",
                "-d",
                name,
                archive);
        assertThat(loaded.exit()).as(loaded.err()).isZero();
        assertThat(count("SELECT count(*) FROM avatars")).isEqualTo(ALL);
        List<String> atDump =
                Sql.rows(restored.database(), "SELECT fal_request_id FROM avatars WHERE status = 'COMPLETED'");
        assertThat(atDump).as("the dump is from the middle of the work").hasSizeBetween(ENDED, ENDED + ENDING / 2);
        assertThat(events("completed"))
                .as("each end of the dump has its event, and no other end has one")
                .containsExactlyInAnyOrderElementsOf(atDump);

        int calls = fal.calls().size();
        Worker successor = worker(restored);
        try {
            await().atMost(SOON)
                    .until(() -> completed(restored) == ENDED + ENDING
                            && count("SELECT count(*) FROM v_watched") == RUNNING
                            && askedSince(calls, "running-") == RUNNING);
        } finally {
            successor.stop(Duration.ofSeconds(10));
        }
        assertThat(count("SELECT count(*) FROM v_unwatched")).isZero();
        assertThat(count("SELECT count(*) FROM avatars WHERE status = 'COMPLETED' AND diffusers_lora_file_url IS NULL"))
                .isZero();
        assertThat(events("completed"))
                .as("one event for each end")
                .hasSize(ENDED + ENDING)
                .doesNotHaveDuplicates();
        assertThat(fal.calls(call -> call.number() > calls))
                .as("ends that are in the dump are not asked again")
                .noneMatch(call -> atDump.contains(call.requestId()));
        assertThat(Sql.rows(original.database(), "SELECT status FROM avatars WHERE fal_request_id = 'after-1'"))
                .as("the original is untouched")
                .containsExactly("TRAINING");
    }

    /**
     * Half of the trainings end while pg_dump starts. Then a lock holds it up after it has taken its snapshot, until
     * all have ended.
     */
    private Ran dumpedWhileTrainingsEnd(Path dump, String archive) {
        Map<String, String> environment = Programs.environment(original.config());
        Sql.run(original.database(), "CREATE TABLE of_the_application (id int)");
        CompletableFuture<Ran> dumping = original.database().inTransaction(connection -> {
            try (Statement lock = connection.createStatement()) {
                lock.execute("LOCK TABLE of_the_application IN ACCESS EXCLUSIVE MODE");
            }
            requests("ending-", ENDING / 2).forEach(this::end);
            CompletableFuture<Ran> run =
                    Background.supply(() -> Programs.run(environment, dump.toString(), "-Fc", "-f", archive));
            await().atMost(SOON)
                    .until(() -> !Sql.rows(
                                    original.database(),
                                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                                            + " AND application_name = 'pg_dump' AND cardinality(pg_blocking_pids(pid)) > 0")
                            .isEmpty());
            requests("ending-", ENDING).forEach(this::end);
            await().atMost(SOON).until(() -> completed(original) == ENDED + ENDING);
            return run;
        });
        return dumping.join();
    }

    private void submitted(String prefix, int number) {
        Avatars avatars = new Avatars(original.database());
        for (String request : requests(prefix, number)) {
            fal.register(Types.PORTRAIT.endpoint(), request, Scenario.stalled(Course.Stall.IN_PROGRESS));
            avatars.training("PORTRAIT", request, InstantSource.system().instant());
        }
    }

    private void end(String request) {
        fal.change(request, Scenario.ended(Outcome.success()));
    }

    private static List<String> requests(String prefix, int number) {
        return IntStream.rangeClosed(1, number).mapToObj(n -> prefix + n).toList();
    }

    private long askedSince(int calls, String prefix) {
        return fal
                .calls(call -> call.number() > calls
                        && call.op() == Op.STATUS
                        && String.valueOf(call.requestId()).startsWith(prefix))
                .stream()
                .map(call -> String.valueOf(call.requestId()))
                .distinct()
                .count();
    }

    private static int completed(TestDatabase.Fresh fresh) {
        return Integer.parseInt(Sql.rows(fresh.database(), "SELECT count(*) FROM avatars WHERE status = 'COMPLETED'")
                .get(0));
    }

    private List<String> events(String type) {
        return Sql.rows(restored.database(), "SELECT fal_request_id FROM avatar_event WHERE type = '" + type + "'");
    }

    private int count(String query) {
        return Integer.parseInt(Sql.rows(restored.database(), query).get(0));
    }

    private Worker worker(TestDatabase.Fresh fresh) {
        return Worker.start(
                LocalSettings.load(
                        fresh,
                        directory,
                        "AVATAR_MONITOR_FAL_BASE_URL",
                        fal.baseUri().toString(),
                        "AVATAR_MONITOR_FAL_REQUESTS_PER_SECOND",
                        "1000",
                        "AVATAR_MONITOR_MONITOR_INTERVAL",
                        "1s",
                        "AVATAR_MONITOR_HTTP_PORT",
                        "0"),
                InstantSource.system(),
                () -> {});
    }
}
