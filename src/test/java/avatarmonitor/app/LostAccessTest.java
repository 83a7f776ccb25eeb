package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.config.SettingsLoader;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.store.Database;
import avatarmonitor.store.DatabaseOutage;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.CapturedLog;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database refuses a running worker for a while: one line when it is lost, not ready meanwhile, and checks that go
 * on afterwards.
 */
final class LostAccessTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh();

    private final String name =
            Sql.rows(fresh.database(), "SELECT current_database()").get(0);
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void databaseThatIsDroppedAndRestored() throws Exception {
        String gone = name + "_gone";
        lostAndBack(
                "3D000",
                new String[] {
                    "ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS false",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'",
                    "ALTER DATABASE " + name + " RENAME TO " + gone
                },
                new String[] {
                    "ALTER DATABASE " + gone + " RENAME TO " + name,
                    "ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS true"
                });
    }

    /** The server takes any password; a role that may not log in is refused in the same way (class 28). */
    @Test
    void roleThatIsRefusedAndAdmittedAgain() throws Exception {
        lostAndBack(
                "28000",
                new String[] {
                    "ALTER ROLE " + name + "_role NOLOGIN",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + name + "_role'"
                },
                new String[] {"ALTER ROLE " + name + "_role LOGIN"});
    }

    private void lostAndBack(String why, String[] harm, String[] cure) throws Exception {
        Sql.run(fresh.database(), "CREATE ROLE " + name + "_role LOGIN SUPERUSER");
        String request = UUID.randomUUID().toString();
        fal.register(Types.PORTRAIT.endpoint(), request, Scenario.stalled(Course.Stall.IN_PROGRESS));
        AvatarId id = new Avatars(fresh.database())
                .training("PORTRAIT", request, InstantSource.system().instant());
        StoreConfig elsewhere =
                new StoreConfig(fresh.config().url().replaceFirst("/" + name, "/postgres"), "postgres", "postgres", 2);
        try (Database server = Database.open(elsewhere);
                CapturedLog log = new CapturedLog(DatabaseOutage.class)) {
            Worker worker = Worker.start(
                    new SettingsLoader(
                                    Map.of(
                                            "AVATAR_MONITOR_DB_URL",
                                                    fresh.config().url(),
                                            "AVATAR_MONITOR_DB_USER", name + "_role",
                                            "AVATAR_MONITOR_FAL_BASE_URL",
                                                    fal.baseUri().toString(),
                                            "AVATAR_MONITOR_MONITOR_INTERVAL", "1s",
                                            "AVATAR_MONITOR_FAL_TIMEOUT", "1s",
                                            "AVATAR_MONITOR_HTTP_PORT", "0",
                                            "FAL_KEY", "id:secret"),
                                    directory,
                                    "w")
                            .load(Optional.empty()),
                    InstantSource.system(),
                    () -> {});
            try {
                awaitChecks(id, 0);
                String url = await().atMost(SOON)
                        .until(
                                () -> Sql.rows(fresh.database(), "SELECT http FROM v_workers WHERE http IS NOT NULL"),
                                rows -> !rows.isEmpty())
                        .get(0);
                await().atMost(SOON).until(() -> ready(url) == 200);

                Sql.run(server, harm);
                await().atMost(SOON).until(() -> ready(url) == 503);
                await().atMost(SOON)
                        .until(() -> !log.startingWith("WARN database lost").isEmpty());
                assertThat(log.startingWith("WARN database lost"))
                        .singleElement()
                        .asString()
                        .contains(why);

                Sql.run(server, cure);
                await().atMost(SOON).until(() -> ready(url) == 200);
                await().atMost(SOON)
                        .until(() -> log.startingWith("INFO database is back").size() == 1);
                assertThat(log.startingWith("WARN database lost")).hasSize(1);
                int before = checks(id);
                awaitChecks(id, before);
            } finally {
                worker.stop(Duration.ofSeconds(10));
            }
        }
    }

    private int ready(String url) throws Exception {
        HttpRequest probe = HttpRequest.newBuilder(URI.create(url + "/readyz"))
                .timeout(SOON)
                .build();
        return client.send(probe, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private void awaitChecks(AvatarId id, int more) {
        await().atMost(SOON).ignoreExceptions().until(() -> checks(id) > more);
    }

    private int checks(AvatarId id) {
        return Integer.parseInt(Sql.rows(
                        fresh.database(),
                        "SELECT coalesce(max(checks), 0) FROM avatar_monitoring WHERE avatar_id = '" + id + "'")
                .get(0));
    }
}
