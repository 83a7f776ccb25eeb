package avatarmonitor.app;

import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.config.Settings;
import avatarmonitor.config.SettingsLoader;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.fal.FalClient;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.hint.PlatformApiTable;
import avatarmonitor.http.Egress;
import avatarmonitor.inspect.Condition;
import avatarmonitor.observe.CurrentState;
import avatarmonitor.store.SchemaException;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.LocalRateLimit;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.Types;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A complete worker in this process. */
class WorkerTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(10);

    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private volatile Duration ahead = Duration.ZERO;
    private final InstantSource clock = () -> InstantSource.system().instant().plus(ahead);

    private Settings settings(String... variables) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "AVATAR_MONITOR_DB_URL", fresh.config().url(),
                "AVATAR_MONITOR_FAL_BASE_URL", fal.baseUri().toString(),
                "AVATAR_MONITOR_MONITOR_INTERVAL", "1s",
                "AVATAR_MONITOR_FAL_TIMEOUT", "20s",
                "AVATAR_MONITOR_HTTP_ENABLED", "false",
                "FAL_KEY", "id:secret"));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return new SettingsLoader(environment, directory, "w").load(Optional.empty());
    }

    private List<String> eventsOfFal() {
        return Sql.rows(fresh.database(), "SELECT type FROM avatar_event WHERE type LIKE 'fal_%' ORDER BY id");
    }

    @Test
    void tableThatMayOnlyBeReadKeepsAWorkerFromStartingAndNothingIsMigrated() {
        try (TestDatabase.Fresh postgres = TestDatabase.POSTGRESQL_18.empty()) {
            Sql.run(
                    postgres.database(),
                    "CREATE TABLE avatars (id uuid, training_type text, status text, fal_request_id text,"
                            + " training_started_at timestamptz)");
            StoreConfig reader = postgres.role("USAGE, CREATE ON SCHEMA public", "SELECT ON avatars");
            Settings poor = settings(
                    "AVATAR_MONITOR_DB_URL",
                    reader.url(),
                    "AVATAR_MONITOR_DB_USER",
                    reader.user(),
                    "AVATAR_MONITOR_DB_PASSWORD",
                    reader.password());

            assertThatThrownBy(() -> Worker.start(poor, clock, () -> {}))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("GRANT SELECT, UPDATE ON public.avatars TO " + reader.user());
            assertThat(Sql.rows(postgres.database(), "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
                    .containsExactly("avatars");
        }
    }

    @Test
    void checkOverHttpOfAnAvatarThatDoesNotExistIsNotFound() throws Exception {
        String token = "correct-horse-battery-staple";
        AvatarId id = new Avatars(fresh.database()).insert("STYLE", "COMPLETED", "req-1", clock.instant());
        Worker worker = Worker.start(
                settings(
                        "AVATAR_MONITOR_HTTP_ENABLED", "true",
                        "AVATAR_MONITOR_HTTP_PORT", "0",
                        "AVATAR_MONITOR_HTTP_TOKEN", token),
                clock,
                () -> {});
        try {
            List<String> urls = await().atMost(SOON)
                    .until(
                            () -> Sql.rows(fresh.database(), "SELECT http FROM v_workers WHERE http IS NOT NULL"),
                            rows -> !rows.isEmpty());

            HttpResponse<String> none = postCheck(urls.get(0), new AvatarId(UUID.randomUUID()), token);
            HttpResponse<String> ended = postCheck(urls.get(0), id, token);

            assertThat(none.statusCode()).isEqualTo(404);
            assertThat(none.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(none.body()).contains("there is no avatar ");
            assertThat(ended.statusCode()).isEqualTo(200);
            assertThat(ended.body()).contains("\"outcome\":\"not_training\"");
        } finally {
            worker.stop(STOP);
        }
    }

    private static HttpResponse<String> postCheck(String url, AvatarId id, String token) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url).resolve("/api/v1/avatars/" + id + "/check"))
                                .header("Authorization", "Bearer " + token)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void pauseIsReportedToBeOverByAWorkerThatHasNothingMoreToAsk() {
        fal.register("fal-ai/flux-lora-portrait-trainer", "req-1", Scenario.standard());
        fal.inject(Fault.rateLimited(Duration.ofSeconds(30), Effect.RetryAfter.SECONDS));
        Settings settings = settings();
        // The parts of a worker without its clock guard, which would reject this clock.
        PauseEvents pauses = new PauseEvents(
                TestEvents.writer(fresh.database(), clock, "w"),
                new PlatformApiTable(
                        fresh.database(),
                        AvatarStore.read(fresh.database(), Types.SHIPPED),
                        TestEvents.writer(fresh.database(), InstantSource.system(), "w")),
                endpoint -> List.of("trainings.portrait.endpoint"),
                endpoint -> false,
                clock);
        try (FalClient client =
                FalClient.open(settings.fal(), Egress.DIRECT, 1, LocalRateLimit.alone(1_000), clock, pauses, pauses)) {
            FalRequestId request = FalRequestId.parse("req-1").orElseThrow();
            assertThat(client.status(new FalRequest("fal-ai/flux-lora-portrait-trainer", request)))
                    .isInstanceOf(FalAnswer.RateLimited.class);
            assertThat(eventsOfFal()).containsExactly("fal_paused");
            ahead = Duration.ofMinutes(2);
            client.expirePause();
            pauses.write();
        }
        assertThat(eventsOfFal()).containsExactly("fal_paused", "fal_resumed");
    }

    @Test
    void workerWhoseClockIsSetIsNotReadyAndSaysWhy() throws Exception {
        Worker worker = Worker.start(
                settings("AVATAR_MONITOR_HTTP_ENABLED", "true", "AVATAR_MONITOR_HTTP_PORT", "0"), clock, () -> {});
        try {
            String url = await().atMost(SOON)
                    .until(
                            () -> Sql.rows(fresh.database(), "SELECT http FROM v_workers WHERE http IS NOT NULL"),
                            rows -> !rows.isEmpty())
                    .get(0);
            await().atMost(SOON).until(() -> ready(url).statusCode() == 200);
            ahead = Duration.ofHours(1);
            await().atMost(SOON).until(() -> ready(url).statusCode() == 503);
            assertThat(ready(url).body()).contains("the clock of this machine", "ahead");
            await().atMost(SOON).until(() -> eventsOfClock().equals(List.of("clock_off")));
            // Same in doctor and on the page, although the database's clock is the wrong one.
            assertThat(CurrentState.read(fresh.database(), Instant.now()).headline())
                    .satisfies(headline -> assertThat(headline.kind()).isEqualTo(Condition.Kind.CLOCK_OFF))
                    .satisfies(headline -> assertThat(headline.text())
                            .contains(worker.name())
                            .containsPattern("is (59m|1h) ahead of the database's"));
            ahead = Duration.ZERO;
            await().atMost(SOON).until(() -> ready(url).statusCode() == 200);
            await().atMost(SOON).until(() -> eventsOfClock().equals(List.of("clock_off", "clock_right")));
        } finally {
            worker.stop(STOP);
        }
    }

    private List<String> eventsOfClock() {
        return Sql.rows(fresh.database(), "SELECT type FROM avatar_event WHERE type LIKE 'clock_%' ORDER BY id");
    }

    private static HttpResponse<String> ready(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url).resolve("/readyz"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void failureOnTheWayUpStopsWhatWasStarted() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Settings settings = settings(
                "AVATAR_MONITOR_HTTP_ENABLED", "true",
                "AVATAR_MONITOR_HTTP_PORT", Integer.toString(port),
                "AVATAR_MONITOR_WORKER_NAME", "broken");
        new Avatars(fresh.database())
                .training("PORTRAIT", "req-1", clock.instant().minusSeconds(300));
        Thread starter = Thread.currentThread();
        // Fails for parts that are built after the worker has joined the cluster.
        InstantSource breaking = () -> {
            if (Thread.currentThread() == starter && !workers().isEmpty()) {
                throw new IllegalStateException("the clock broke");
            }
            return clock.instant();
        };

        assertThatThrownBy(() -> Worker.start(settings, breaking, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the clock broke")
                .hasNoSuppressedExceptions();

        assertThat(workers()).isEmpty();
        assertThat(Sql.rows(fresh.database(), "SELECT entry_id FROM qrtz_fired_triggers"))
                .isEmpty();
        assertThat(Sql.rows(
                        fresh.database(), "SELECT trigger_name FROM qrtz_triggers WHERE trigger_state <> 'WAITING'"))
                .isEmpty();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("broken") || name.startsWith("http-")));
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }

    @Test
    void stopThatCannotLeaveTheClusterSaysSo() throws Exception {
        Worker worker = Worker.start(settings(), clock, () -> {});
        CountDownLatch let = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        CompletableFuture<Boolean> holder =
                Background.supply(() -> fresh.database().inTransaction(connection -> {
                    try (Statement lock = connection.createStatement()) {
                        lock.execute("SELECT * FROM qrtz_locks WHERE lock_name = 'STATE_ACCESS' FOR UPDATE");
                    }
                    held.countDown();
                    return awaitLatch(let);
                }));
        awaitLatch(held);

        Worker.Stopped stopped = worker.stop(Duration.ofSeconds(5));

        List<String> known = workers();
        assertThat(known).hasSize(1);
        let.countDown();
        assertThat(holder).succeedsWithin(SOON);
        assertThat(stopped.left()).isFalse();
        assertThat(stopped.inOrder()).isFalse();
        // Its threads are still leaving the cluster; only afterwards may the database be deleted.
        await().atMost(SOON)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith(known.get(0))));
    }

    private List<String> workers() {
        return Sql.rows(fresh.database(), "SELECT instance_name FROM qrtz_scheduler_state");
    }
}
