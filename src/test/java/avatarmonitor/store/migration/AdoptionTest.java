package avatarmonitor.store.migration;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.testing.SeedTables;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases that an application created long before avatar-monitor was installed. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class AdoptionTest {
    private static final String STORAGE = "SELECT reloptions FROM pg_class WHERE oid = 'qrtz_triggers'::regclass";

    private static final String AVATAR = "11111111-2222-3333-4444-555555555555";

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;

    AdoptionTest(TestDatabase kind) {
        fresh = kind.empty();
        database = fresh.database();
    }

    @Test
    void applicationWithEnumsAndForeignKeysKeepsItsOwnPart() {
        Sql.run(
                database,
                SeedTables.WITH_ENUMS,
                "INSERT INTO avatars (id, user_id, status, fal_request_id, training_started_at) VALUES ('" + AVATAR
                        + "', '99999999-2222-3333-4444-555555555555', 'training', 'req-1', now())");

        migratingTwiceLeavesTheApplicationAlone();
        assertThat(requireNonNull(AvatarSchema.read(database).columns().get("status"))
                        .kind())
                .isEqualTo(AvatarSchema.Kind.ENUM);
    }

    @Test
    void applicationWithUpperCaseWordsAndNoOptionalColumnKeepsItsOwnPart() {
        Sql.run(
                database,
                SeedTables.IN_UPPER_CASE,
                "INSERT INTO avatars VALUES ('" + AVATAR + "', 'STYLE', 'TRAINING', 'req-1', '2026-03-29 01:30')");

        migratingTwiceLeavesTheApplicationAlone();
        assertThat(AvatarSchema.read(database).has("finetune_id")).isFalse();
    }

    @Test
    void applicationMayStillChangeItsTable() {
        Migrations.runCreatingAvatars(database);
        Sql.run(
                database,
                "INSERT INTO avatars (id, status, training_type, fal_request_id, training_started_at) VALUES ('"
                        + AVATAR + "', 'training', 'style', 'req-1', now())",
                "CREATE TYPE avatarstatus AS ENUM ('training', 'completed', 'error', 'cancelled')",
                "ALTER TABLE avatars ALTER COLUMN status TYPE avatarstatus USING status::avatarstatus",
                "ALTER TABLE avatars ALTER COLUMN fal_request_id TYPE text",
                "ALTER TABLE avatars ALTER COLUMN training_started_at TYPE timestamp",
                "ALTER TABLE avatars DROP COLUMN config_file_url");

        assertThat(unwatched()).containsExactly(AVATAR);
        assertThat(Migrations.run(database)).isZero();
    }

    @Test
    void tableFurtherDownTheSearchPathIsNotHidden() {
        Sql.run(
                database,
                "CREATE SCHEMA app",
                "CREATE SCHEMA monitor",
                """
                CREATE TABLE app.avatars (id uuid, training_type text, status text, fal_request_id text,
                  training_started_at timestamptz)
                """,
                "INSERT INTO app.avatars VALUES ('" + AVATAR + "', 'style', 'training', 'req-1', now())");
        StoreConfig path = new StoreConfig(
                fresh.config().url() + "?currentSchema=monitor,app",
                fresh.config().user(),
                fresh.config().password(),
                2);
        try (Database monitor = Database.open(path)) {
            Migrations.run(monitor);

            assertThat(AvatarSchema.read(monitor).table()).isEqualTo("app.avatars");
            assertThat(Sql.rows(monitor, "SELECT schemaname FROM pg_tables WHERE tablename = 'avatars'"))
                    .containsExactly("app");
            assertThat(Sql.rows(monitor, "SELECT schemaname FROM pg_tables WHERE tablename = 'avatar_event'"))
                    .containsExactly("monitor");
        }
        assertThat(Sql.rows(database, "SELECT avatar_id FROM monitor.v_unwatched"))
                .as("a person whose path is another sees the same table")
                .containsExactly(AVATAR);
    }

    @Test
    void startTimeWithoutZoneIsUtcWhereverThePersonSits() {
        Migrations.runCreatingAvatars(database);
        Sql.run(
                database,
                "ALTER TABLE avatars ALTER COLUMN training_started_at TYPE timestamp",
                "INSERT INTO avatars (id, status, training_started_at) VALUES ('" + AVATAR
                        + "', 'TRAINING', '2026-01-01 12:00')",
                "SET LOCAL TimeZone = 'Asia/Kathmandu'",
                """
                CREATE TABLE seen AS SELECT training_started_at = TIMESTAMPTZ '2026-01-01 12:00+00' AS right FROM v_unwatched
                """);

        assertThat(Sql.rows(database, "SELECT * FROM seen")).containsExactly("t");
    }

    @Test
    void quartzTablesOfTheApplicationStayAsTheyAre() throws IOException {
        Sql.run(
                database,
                Files.readString(Path.of("sql/migrations/postgresql/V1__quartz.sql")),
                "DROP INDEX idx_qrtz_t_nft_st",
                "DELETE FROM qrtz_locks",
                "INSERT INTO qrtz_locks VALUES ('app', 'TRIGGER_ACCESS')");

        Migrations.runCreatingAvatars(database);

        assertThat(Sql.rows(database, "SELECT to_regclass('idx_qrtz_t_nft_st')"))
                .containsExactly("");
        assertThat(Sql.rows(database, "SELECT to_regclass('idx_qrtz_t_g'), to_regclass('idx_qrtz_ft_t_g')"))
                .containsExactly("idx_qrtz_t_g|idx_qrtz_ft_t_g");
        assertThat(Sql.rows(database, STORAGE)).containsExactly("");
        assertThat(Sql.rows(database, "SELECT sched_name, lock_name FROM qrtz_locks ORDER BY 1, 2"))
                .containsExactly("app|TRIGGER_ACCESS", "avatar-monitor|STATE_ACCESS", "avatar-monitor|TRIGGER_ACCESS");
    }

    @Test
    void ownQuartzTablesCarryOnlyTheIndexesThatServe() {
        Migrations.runCreatingAvatars(database);

        assertThat(Sql.rows(database, """
                        SELECT indexname FROM pg_indexes WHERE tablename IN ('qrtz_triggers', 'qrtz_fired_triggers') ORDER BY 1
                        """))
                .containsExactly(
                        "idx_qrtz_t_not_waiting",
                        "idx_qrtz_t_ordinary",
                        "idx_qrtz_t_waiting",
                        "qrtz_fired_triggers_pkey",
                        "qrtz_triggers_pkey");
        assertThat(Sql.rows(database, STORAGE)).singleElement().asString().contains("fillfactor=80");
    }

    /** The grants of docs/database.md, and no more. */
    @Test
    void rolesWithTheDocumentedRightsCanWorkAndLook() {
        Sql.run(database, """
                CREATE TABLE avatars (id uuid PRIMARY KEY, training_type text, status text, fal_request_id text,
                  training_started_at timestamptz)
                """, "INSERT INTO avatars VALUES ('" + AVATAR + "', 'style', 'training', 'req-1', now())");
        StoreConfig reading = fresh.role("SELECT ON avatars");
        try (Database worker =
                Database.open(fresh.role("USAGE, CREATE ON SCHEMA public", "SELECT, UPDATE ON avatars"))) {
            Migrations.run(worker);
            assertThat(AvatarSchema.read(worker).has("status")).isTrue();
            Sql.run(
                    worker,
                    "UPDATE avatars SET training_type = 'portrait'",
                    "GRANT SELECT ON v_unwatched TO " + reading.user());
        }
        try (Database reader = Database.open(reading)) {
            assertThat(Sql.rows(reader, "SELECT avatar_id FROM v_unwatched")).containsExactly(AVATAR);
        }
    }

    private void migratingTwiceLeavesTheApplicationAlone() {
        List<String> before = ApplicationDump.of(database);
        assertThat(before).anyMatch(line -> line.contains("training_started_at"));

        int pending = Migrations.pending(database).size();
        assertThat(Migrations.run(database)).isEqualTo(pending).isPositive();
        assertThat(Migrations.run(database)).isZero();

        assertThat(ApplicationDump.of(database)).isEqualTo(before);
        assertThat(unwatched()).containsExactly(AVATAR);
    }

    private List<String> unwatched() {
        return Sql.rows(database, "SELECT avatar_id FROM v_unwatched");
    }
}
