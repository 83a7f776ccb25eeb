package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.config.Settings;
import avatarmonitor.config.SettingsLoader;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.store.migration.OwnRights;
import avatarmonitor.store.schema.AvatarRights;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The files under {@code sql/grants} in a database without privileges of PUBLIC: they are sufficient for each role's
 * work.
 */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class GrantsTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final TestDatabase.Fresh fresh;

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());

    private final Database superuser;
    private final String name;

    GrantsTest(TestDatabase kind) {
        fresh = kind.empty();
        superuser = fresh.database();
        name = Sql.rows(superuser, "SELECT current_database()").get(0);
        Sql.run(
                superuser,
                "CREATE SCHEMA app",
                "CREATE SCHEMA mon",
                """
                CREATE TABLE app.avatars (id uuid PRIMARY KEY, name text, training_type text, status text, fal_request_id text,
                  training_started_at timestamptz, training_error text, diffusers_lora_file_url text, config_file_url text,
                  fal_response_data json, last_status_check timestamptz)""",
                "CREATE ROLE " + name + "_migrator LOGIN PASSWORD 'secret'",
                "CREATE ROLE " + name + "_worker LOGIN PASSWORD 'secret'",
                "CREATE ROLE " + name + "_reader LOGIN PASSWORD 'secret'",
                "CREATE ROLE " + name + "_application LOGIN PASSWORD 'secret'",
                "GRANT CONNECT ON DATABASE " + name + " TO " + name + "_application",
                "GRANT USAGE ON SCHEMA app TO " + name + "_application",
                "GRANT SELECT, INSERT, UPDATE ON app.avatars TO " + name + "_application",
                "REVOKE ALL ON DATABASE " + name + " FROM PUBLIC",
                "REVOKE ALL ON SCHEMA public, app, mon FROM PUBLIC",
                "ALTER DEFAULT PRIVILEGES FOR ROLE " + name + "_migrator REVOKE ALL ON FUNCTIONS FROM PUBLIC");
    }

    private StoreConfig as(String role) {
        return new StoreConfig(fresh.config().url() + "?currentSchema=mon,app", name + "_" + role, "secret", 8);
    }

    /** Substitutes variables like psql. */
    private void grant(String file) throws IOException {
        String script = Files.readString(Path.of("sql/grants", file + ".sql"))
                .replace(":'role'", "'" + name + "_" + file + "'")
                .replace(":'schema'", "'mon'")
                .replace(":'app_schema'", "'app'");
        Sql.run(superuser, script);
    }

    private void migrated() throws IOException {
        grant("migrator");
        try (Database migrator = Database.open(as("migrator"))) {
            assertThat(Migrations.run(migrator)).isPositive();
        }
    }

    @Test
    void workerWorksAndReaderReads() throws Exception {
        migrated();
        grant("worker");
        grant("reader");
        String request = UUID.randomUUID().toString();
        fal.register(
                "fal-ai/flux-lora-portrait-trainer",
                request,
                Scenario.standard().withQueue(Duration.ZERO, 0).withRun(Duration.ofSeconds(2)));
        Sql.run(
                superuser,
                "INSERT INTO app.avatars (id, training_type, status, fal_request_id, training_started_at) VALUES"
                        + " (gen_random_uuid(), 'portrait', 'training', '" + request + "', current_timestamp)",
                "INSERT INTO app.avatars (id, training_type, status, fal_request_id, training_started_at) VALUES"
                        + " (gen_random_uuid(), 'portrait', 'training', 'a b', current_timestamp)");
        try (Database worker = Database.open(as("worker"))) {
            assertThat(AvatarRights.missing(worker, Map.of())).isEmpty();
            assertThat(OwnRights.missing(worker)).isEmpty();
            assertThat(Migrations.run(worker)).isZero();
        }
        Worker worker = Worker.start(settings(), InstantSource.system(), () -> {});
        try {
            await().atMost(SOON)
                    .until(() -> Sql.rows(superuser, "SELECT status FROM app.avatars WHERE fal_request_id <> 'a b'")
                            .equals(List.of("completed")));
            await().atMost(SOON).until(() -> Sql.rows(superuser, """
                                    SELECT (SELECT count(*) FROM mon.avatar_monitor_worker_status), (SELECT count(*) FROM mon.avatar_monitor_reconcile
                                      WHERE at IS NOT NULL), (SELECT count(*) FROM mon.avatar_event WHERE type = 'invalid'),
                                      (SELECT count(*) FROM mon.avatar_monitor_scan WHERE worker IS NOT NULL)""").equals(List.of("1|1|1|1")));
        } finally {
            assertThat(worker.stop(Duration.ofSeconds(10)).inOrder()).isTrue();
        }
        assertThat(Sql.rows(superuser, "SELECT count(*) > 0 FROM mon.avatar_monitor_check"))
                .containsExactly("t");
        try (Database reader = Database.open(as("reader"));
                Stream<Path> questions = Files.list(Path.of("sql/inspect"))) {
            for (Path question : questions.toList()) {
                assertThat(Sql.rows(reader, Files.readString(question)))
                        .as(question.toString())
                        .isNotNull();
            }
            assertThat(Sql.rows(reader, "SELECT why FROM v_unwatched"))
                    .containsExactly("fal_request_id is not one that fal gives");
            for (String view : List.of("v_watched", "v_stalled", "v_stuck_triggers", "v_workers", "v_recent_events")) {
                assertThat(Sql.rows(reader, "SELECT * FROM " + view)).as(view).isNotNull();
            }
            for (String statement : List.of("UPDATE avatars SET name = 'x'", "DELETE FROM avatar_event")) {
                assertThatThrownBy(() -> Sql.run(reader, statement))
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                e -> assertThat(e.sqlState()).hasValue("42501"));
            }
        }
    }

    /** Without EXECUTE the worker would be ready, but monitor nothing. */
    @Test
    void workerWithoutExecuteDoesNotStartAndNamesTheGrant() throws Exception {
        migrated();
        grant("worker");
        Sql.run(
                superuser,
                "REVOKE EXECUTE ON FUNCTION mon.avatar_monitor_training_rows FROM " + name + "_worker",
                "REVOKE DELETE ON mon.qrtz_fired_triggers FROM " + name + "_worker");

        assertThatThrownBy(() -> Worker.start(settings(), InstantSource.system(), () -> {}))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.explained()).isTrue())
                .hasMessageContaining("GRANT EXECUTE ON FUNCTION avatar_monitor_training_rows() TO " + name + "_worker")
                .hasMessageContaining(
                        "GRANT SELECT, INSERT, UPDATE, DELETE ON mon.qrtz_fired_triggers TO " + name + "_worker")
                .hasMessageContaining("sql/grants/worker.sql");
    }

    /** The owner of the functions may not read the application's table, and the application may not read ours. */
    @Test
    void applicationStartsAndStopsInItsTransactionWithoutAnyRightOnOurTables() throws Exception {
        migrated();
        String insert = "INSERT INTO avatars (id, training_type, status, fal_request_id, training_started_at) VALUES"
                + " ('00000000-0000-0000-0000-000000000001', 'portrait', 'training', 'req-1', current_timestamp)";
        String start = "SELECT mon.avatar_monitor_start('00000000-0000-0000-0000-000000000001')";
        StoreConfig path =
                new StoreConfig(fresh.config().url() + "?currentSchema=app", name + "_application", "secret", 8);
        try (Database application = Database.open(path)) {
            assertThatThrownBy(() -> Sql.run(application, start))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.sqlState()).hasValue("42501"));
            grant("application");
            Sql.run(
                    application,
                    insert,
                    start,
                    "SELECT mon.avatar_monitor_stop('00000000-0000-0000-0000-000000000001')");
            assertThat(Sql.rows(application, start)).containsExactly("requested");
            String with = start.replace("start(", "start_with(").replace(")", ", check_interval => '0 s')");
            assertThat(Sql.rows(application, with))
                    .containsExactly("refused: the interval must be from 1s to 1h, in whole seconds");
            assertThatThrownBy(() -> Sql.rows(application, "SELECT * FROM mon.avatar_monitor_request"))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.sqlState()).hasValue("42501"));
        }
        assertThat(Sql.rows(superuser, "SELECT action, actor FROM mon.avatar_monitor_request ORDER BY id"))
                .containsExactly(
                        "start|" + name + "_application",
                        "stop|" + name + "_application",
                        "start|" + name + "_application");
        assertThat(
                        Sql.rows(
                                superuser,
                                "SELECT DISTINCT type, detail->>'actor', detail->>'channel', detail->>'address' FROM mon.avatar_event"))
                .containsExactly("operator_action|" + name + "_application|sql|127.0.0.1");
    }

    private Settings settings() {
        Map<String, String> environment = Map.of(
                "AVATAR_MONITOR_DB_URL", as("worker").url(),
                "AVATAR_MONITOR_DB_USER", name + "_worker",
                "AVATAR_MONITOR_DB_PASSWORD", "secret",
                "AVATAR_MONITOR_FAL_BASE_URL", fal.baseUri().toString(),
                "AVATAR_MONITOR_MONITOR_INTERVAL", "2s",
                "AVATAR_MONITOR_RECONCILE_SCAN_INTERVAL", "1s",
                "AVATAR_MONITOR_FAL_TIMEOUT", "1s",
                "AVATAR_MONITOR_HTTP_ENABLED", "false",
                "FAL_KEY", "id:secret");
        return new SettingsLoader(environment, directory, "w").load(Optional.empty());
    }
}
