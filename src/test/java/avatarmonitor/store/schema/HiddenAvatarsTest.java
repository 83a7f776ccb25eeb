package avatarmonitor.store.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.store.Database;
import avatarmonitor.store.SchemaException;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Application tables that a worker's role cannot see are never hidden by a new table. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class HiddenAvatarsTest {
    private static final String COLUMNS =
            " (id uuid, training_type text, status text, fal_request_id text, training_started_at timestamptz)";

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database owner;
    private final String role;

    HiddenAvatarsTest(TestDatabase kind) {
        fresh = kind.empty();
        owner = fresh.database();
        role = fresh.role().user();
        Sql.run(owner, "CREATE SCHEMA app", "CREATE SCHEMA mon AUTHORIZATION " + role);
    }

    private Database asRole(String path) {
        return Database.open(new StoreConfig(fresh.config().url() + "?currentSchema=" + path, role, "secret", 2));
    }

    /** @return the error message */
    private String refused(String path) {
        try (Database database = asRole(path)) {
            Throwable[] thrown = new Throwable[1];
            assertThatThrownBy(() -> Migrations.run(database))
                    .isInstanceOf(SchemaException.class)
                    .satisfies(e -> thrown[0] = e);
            assertThat(Sql.rows(owner, "SELECT relname FROM pg_class WHERE relnamespace = 'mon'::regnamespace"))
                    .as("nothing was created")
                    .isEmpty();
            assertThatThrownBy(() -> AvatarSchema.read(database)).hasMessage(thrown[0].getMessage());
            return String.valueOf(thrown[0].getMessage());
        }
    }

    @Test
    void schemaThatTheRoleMayNotUseIsNamedWithTheGrants() {
        Sql.run(owner, "CREATE TABLE app.avatars" + COLUMNS, "GRANT SELECT, UPDATE ON app.avatars TO " + role);

        assertThat(refused("mon,app"))
                .contains(
                        "user " + role + " sees no such table on its search path (mon,app)",
                        "app.avatars exists: run GRANT USAGE ON SCHEMA app TO " + role
                                + " and GRANT SELECT, UPDATE ON app.avatars TO " + role,
                        "only if none of these is meant, run avatar-monitor migrate --create-avatars")
                .doesNotContain("currentSchema");

        Sql.run(owner, "GRANT USAGE ON SCHEMA app TO " + role);
        try (Database database = asRole("mon,app")) {
            assertThat(AvatarSchema.read(database).table()).isEqualTo("app.avatars");
            assertThat(AvatarSchema.others(database)).isEmpty();
        }
    }

    @Test
    void schemaThatIsNotOnTheSearchPathIsNamedWithTheSetting() {
        Sql.run(
                owner,
                "CREATE TABLE app.avatars" + COLUMNS,
                "GRANT USAGE ON SCHEMA app TO " + role,
                "GRANT SELECT, UPDATE ON app.avatars TO " + role);

        assertThat(refused("mon"))
                .contains(
                        "app.avatars exists: add its schema to currentSchema in db.url, such as ?currentSchema=public,app")
                .doesNotContain("GRANT");
    }

    @Test
    void quotedNameInOtherLettersIsNamed() {
        Sql.run(
                owner,
                "CREATE TABLE app.\"Avatars\"" + COLUMNS,
                "GRANT USAGE ON SCHEMA app TO " + role,
                "GRANT SELECT, UPDATE ON app.\"Avatars\" TO " + role);

        assertThat(refused("mon,app"))
                .contains("app.\"Avatars\" exists: rename it to avatars, or create a view avatars over it");

        Sql.run(
                owner,
                "CREATE VIEW app.avatars AS SELECT * FROM app.\"Avatars\"",
                "GRANT SELECT, UPDATE ON app.avatars TO " + role);
        try (Database database = asRole("mon,app")) {
            assertThat(AvatarSchema.read(database).table()).isEqualTo("app.avatars");
            assertThat(AvatarRights.missing(database, Map.of())).isEmpty();
            assertThat(AvatarSchema.others(database)).isEqualTo("app.\"Avatars\"");
        }
    }

    @Test
    void databaseWithNeitherNamesWhatCreatesIt() {
        assertThat(refused("mon"))
                .contains(
                        "user " + role + " sees no such table on its search path (mon)",
                        "If no application does, run avatar-monitor migrate --create-avatars");

        try (Database database = asRole("mon")) {
            int pending = Migrations.pending(database).size();
            assertThat(Migrations.runCreatingAvatars(database)).isEqualTo(pending);
            assertThat(AvatarSchema.read(database).table()).isEqualTo("mon.avatars");
            assertThat(AvatarSchema.read(database).columns()).hasSize(15);
        }
    }

    /** Such as an adopted database, or one that an older version created. */
    @Test
    void tableThatWentAfterTheMigrationsIsCreatedOnlyWhenAsked() {
        try (Database database = asRole("mon")) {
            Migrations.runCreatingAvatars(database);
            Sql.run(database, "DROP TABLE avatars");

            assertThatThrownBy(() -> Migrations.run(database)).isInstanceOf(SchemaException.class);
            assertThat(Migrations.runCreatingAvatars(database)).isEqualTo(1);

            assertThat(Sql.rows(database, "SELECT count(*) FROM v_unwatched")).containsExactly("0");
            assertThat(Migrations.run(database)).isZero();
        }
    }

    @Test
    void partitionedTableIsAsGood() {
        Sql.run(
                owner,
                "CREATE TABLE mon.avatars" + COLUMNS + " PARTITION BY LIST (training_type)",
                "CREATE TABLE mon.rest PARTITION OF mon.avatars DEFAULT",
                "ALTER TABLE mon.avatars OWNER TO " + role,
                "ALTER TABLE mon.rest OWNER TO " + role);
        try (Database database = asRole("mon")) {
            assertThat(AvatarSchema.read(database).columns()).hasSize(5);
            assertThat(AvatarRights.missing(database, Map.of())).isEmpty();
        }
    }

    @Test
    void whatCannotBeUpdatedIsRefused() {
        for (String kind : new String[] {
            "MATERIALIZED VIEW mon.avatars AS SELECT 1 AS id",
            "VIEW mon.avatars AS SELECT count(*) AS id FROM pg_class",
            "SEQUENCE mon.avatars"
        }) {
            Sql.run(owner, "CREATE " + kind);
            try (Database database = asRole("mon")) {
                assertThatThrownBy(() -> Migrations.runCreatingAvatars(database))
                        .as(kind)
                        .isInstanceOf(SchemaException.class)
                        .hasMessageContaining("neither a table nor a view whose rows can be updated");
            }
            Sql.run(owner, "DROP " + kind.substring(0, kind.indexOf(" mon.")) + " mon.avatars");
        }
    }
}
