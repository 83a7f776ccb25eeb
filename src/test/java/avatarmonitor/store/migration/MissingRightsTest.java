package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.store.Database;
import avatarmonitor.store.SchemaException;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.schema.AvatarRights;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Missing privileges of the database user are reported with the statement that grants them. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class MissingRightsTest {
    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final String role;

    MissingRightsTest(TestDatabase kind) {
        fresh = kind.empty();
        role = Sql.rows(fresh.database(), "SELECT current_database()").get(0) + "_Poor";
        Sql.run(fresh.database(), "CREATE ROLE \"" + role + "\" LOGIN PASSWORD 'secret'");
    }

    private Database asPoor() {
        return Database.open(new StoreConfig(fresh.config().url(), role, "secret", 2));
    }

    private void assertMigrationFails(String... said) {
        try (Database poor = asPoor()) {
            assertThatThrownBy(() -> Migrations.runCreatingAvatars(poor))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.explained()).isTrue())
                    .hasMessageContainingAll(said)
                    .hasMessageStartingWith("migration failed: user \"" + role + "\"")
                    .hasMessageNotContainingAny("Flyway", "\n");
        }
    }

    @Test
    void migrationWithoutCreateNamesTheGrantThatSuffices() {
        String grant = "GRANT USAGE, CREATE ON SCHEMA public TO \"" + role + "\"";
        assertMigrationFails("may not create tables in schema public", grant);

        Sql.run(fresh.database(), grant);
        try (Database rich = asPoor()) {
            assertThat(Migrations.runCreatingAvatars(rich)).isPositive();
        }
    }

    @Test
    void migrationWithoutAnySchemaNamesTheSearchPath() {
        Sql.run(fresh.database(), "REVOKE USAGE ON SCHEMA public FROM public");
        assertMigrationFails("may use no schema", "\"$user\", public", "GRANT USAGE, CREATE ON SCHEMA");
    }

    @Test
    void laterMigrationWithoutCreateNamesTheGrantToo() {
        Migrations.runCreatingAvatars(fresh.database());
        Sql.run(
                fresh.database(),
                "DROP TABLE avatar_monitor_alert CASCADE",
                "DELETE FROM avatar_monitor_schema_history WHERE installed_rank >="
                        + " (SELECT installed_rank FROM avatar_monitor_schema_history WHERE version = '8')",
                "GRANT ALL ON ALL TABLES IN SCHEMA public TO \"" + role + "\"");

        assertMigrationFails("GRANT USAGE, CREATE ON SCHEMA public TO \"" + role + "\"");
    }

    @Test
    void workerWithoutCreateStartsOnWhatAnotherMigrated() {
        Migrations.runCreatingAvatars(fresh.database());
        Sql.run(fresh.database(), "GRANT ALL ON ALL TABLES IN SCHEMA public TO \"" + role + "\"");
        try (Database poor = asPoor()) {
            assertThat(Migrations.run(poor)).isZero();
        }
    }

    @Test
    void migrationOfTablesThatAnotherOwnsSaysWhoMust() {
        Migrations.runCreatingAvatars(fresh.database());
        List<String> last = List.of(
                "DELETE FROM avatar_monitor_schema_history WHERE installed_rank >="
                        + " (SELECT installed_rank FROM avatar_monitor_schema_history WHERE version = '10')",
                "GRANT CREATE ON SCHEMA public TO \"" + role + "\"",
                "GRANT ALL ON ALL TABLES IN SCHEMA public TO \"" + role + "\"");
        Sql.run(fresh.database(), last.toArray(String[]::new));

        assertMigrationFails("must be owner", "as the owner of the tables of avatar-monitor");
    }

    @Test
    void tablesOfOthersAreNotAskedFor() {
        Migrations.runCreatingAvatars(fresh.database());
        assertThat(Sql.rows(
                        fresh.database(),
                        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
                                + " AND relname <> 'avatars' ORDER BY relname COLLATE \"C\""))
                .isEqualTo(OwnTables.NAMES);
        Sql.run(
                fresh.database(),
                "GRANT ALL ON ALL TABLES IN SCHEMA public TO \"" + role + "\"",
                "CREATE TABLE qrtz_triggers_backup AS SELECT * FROM qrtz_triggers");

        try (Database poor = asPoor()) {
            assertThat(OwnRights.missing(poor)).isEmpty();
        }
    }

    private static final String BARE = """
            CREATE TABLE avatars (id uuid, training_type text, status text, fal_request_id text,
              training_started_at timestamptz, training_error text, secret text)
            """;

    @Test
    void tableThatMayOnlyBeReadIsRefusedWithTheGrantThatSuffices() {
        String grant = "GRANT SELECT, UPDATE ON public.avatars TO \"" + role + "\"";
        Sql.run(fresh.database(), BARE, "GRANT SELECT ON avatars TO \"" + role + "\"");
        try (Database poor = asPoor()) {
            assertThatThrownBy(() -> AvatarRights.require(poor, Map.of()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining(
                            "user \"" + role + "\" may not write columns status, training_error, run " + grant);

            Sql.run(fresh.database(), grant);
            assertThat(AvatarRights.missing(poor, Map.of())).isEmpty();
        }
        assertThat(AvatarRights.missing(fresh.database(), Map.of()))
                .as("the owner")
                .isEmpty();
    }

    @Test
    void rightsToSingleColumnsSufficeWhenTheyAreAll() {
        Sql.run(
                fresh.database(),
                BARE,
                "GRANT SELECT ON avatars TO \"" + role + "\"",
                "GRANT UPDATE (status) ON avatars TO \"" + role + "\"");
        try (Database poor = asPoor()) {
            assertThat(AvatarRights.missing(poor, Map.of()))
                    .hasValueSatisfying(
                            missing -> assertThat(missing.what()).endsWith("may not write column training_error"));

            Sql.run(fresh.database(), "GRANT UPDATE (training_error) ON avatars TO \"" + role + "\"");
            assertThat(AvatarRights.missing(poor, Map.of())).isEmpty();

            Sql.run(
                    fresh.database(),
                    "REVOKE SELECT ON avatars FROM \"" + role + "\"",
                    "GRANT SELECT (id, status) ON avatars TO \"" + role + "\"");
            assertThat(AvatarRights.missing(poor, Map.of()))
                    .hasValueSatisfying(missing -> assertThat(missing.what()).endsWith("may not read every column"));
        }
    }

    /** A policy that allows reading everything is rejected too, since it may change. */
    @Test
    void rowLevelSecurityIsRefusedWithItsPoliciesAndWhatHelps() {
        Sql.run(
                fresh.database(),
                BARE,
                "GRANT SELECT, UPDATE ON avatars TO \"" + role + "\"",
                "INSERT INTO avatars (status) VALUES ('training')",
                "ALTER TABLE avatars ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY \"Only mine\" ON avatars USING (secret = current_user)");
        assertThat(AvatarRights.missing(fresh.database(), Map.of()))
                .as("a superuser")
                .isEmpty();
        try (Database poor = asPoor()) {
            assertThatThrownBy(() -> AvatarRights.require(poor, Map.of()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining(
                            "row level security of public.avatars (policies: \"Only mine\") applies to user \"" + role
                                    + "\"")
                    .hasMessageContaining("run ALTER ROLE \"" + role + "\" BYPASSRLS");
            assertThatThrownBy(() -> Sql.rows(poor, "SELECT * FROM avatars"))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.sqlState()).hasValue("42501"));

            Sql.run(fresh.database(), "ALTER ROLE \"" + role + "\" BYPASSRLS");
            assertThat(AvatarRights.missing(poor, Map.of())).isEmpty();
            assertThat(Sql.rows(poor, "SELECT status FROM avatars")).containsExactly("training");

            Sql.run(
                    fresh.database(),
                    "ALTER ROLE \"" + role + "\" NOBYPASSRLS",
                    "ALTER TABLE avatars OWNER TO \"" + role + "\"");
            assertThat(AvatarRights.missing(poor, Map.of())).as("the owner").isEmpty();
            Sql.run(fresh.database(), "ALTER TABLE avatars FORCE ROW LEVEL SECURITY");
            assertThat(AvatarRights.missing(poor, Map.of()))
                    .hasValueSatisfying(missing -> assertThat(missing.grant())
                            .startsWith("ALTER TABLE public.avatars NO FORCE ROW LEVEL SECURITY"));
        }
    }

    @Test
    void viewsFailRatherThanHideRowsFromOneWhoLooks() {
        Migrations.runCreatingAvatars(fresh.database());
        Sql.run(
                fresh.database(),
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO \"" + role + "\"",
                "ALTER TABLE avatars ENABLE ROW LEVEL SECURITY");
        try (Database poor = asPoor()) {
            assertThatThrownBy(() -> Sql.run(
                            poor, "SET LOCAL row_security = on", "CREATE TEMP TABLE seen AS SELECT * FROM v_unwatched"))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.sqlState()).hasValue("42501"));
        }
    }

    @Test
    void tableThatIsNotThereYetLacksNothing() {
        try (Database poor = asPoor()) {
            assertThat(AvatarRights.missing(poor, Map.of())).isEmpty();
        }
    }
}
