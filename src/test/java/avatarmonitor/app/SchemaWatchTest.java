package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.Types;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The application's table becomes unusable while a worker runs. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class SchemaWatchTest {
    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final TestDatabase kind;

    SchemaWatchTest(TestDatabase kind) {
        this.kind = kind;
        fresh = kind.fresh();
    }

    private static AvatarStore store(Database database) {
        return AvatarStore.read(database, Types.SHIPPED);
    }

    private static SchemaWatch watch(Database database, AvatarStore avatars) {
        return new SchemaWatch(database, avatars, TestEvents.writer(database, InstantSource.system(), "w"));
    }

    private List<String> events() {
        return Sql.rows(fresh.database(), "SELECT type FROM avatar_event ORDER BY id");
    }

    @Test
    void requiredColumnThatGoesIsReportedOnceAndThatItIsBack() {
        AvatarStore avatars = store(fresh.database());
        SchemaWatch watch = watch(fresh.database(), avatars);
        watch.refresh();
        assertThat(events()).isEmpty();

        Sql.run(fresh.database(), "ALTER TABLE avatars RENAME COLUMN fal_request_id TO gone");
        watch.refresh();
        watch.refresh();
        assertThat(events()).containsExactly("schema_broken");
        assertThat(Sql.rows(fresh.database(), "SELECT detail FROM avatar_event"))
                .singleElement()
                .asString()
                .contains("fal_request_id");
        assertThat(avatars.problem())
                .as("why the worker is not ready")
                .hasValueSatisfying(problem -> assertThat(problem).contains("fal_request_id"));
        assertThat(Sql.rows(fresh.database(), "SELECT count(*) FROM avatar_monitor_outbox"))
                .as("an alert")
                .containsExactly("1");

        Sql.run(fresh.database(), "ALTER TABLE avatars RENAME COLUMN gone TO fal_request_id");
        watch.refresh();
        watch.refresh();
        assertThat(events()).containsExactly("schema_broken", "schema_right");
        assertThat(avatars.problem()).isEmpty();
    }

    @Test
    void policyOrRightThatComesWhileItRunsIsReportedWithItsRemedy() {
        if (kind == TestDatabase.H2) {
            assertThat(fresh.database().dialect()).as("has neither").isEqualTo(avatarmonitor.store.sql.Dialect.H2);
            return;
        }
        StoreConfig config = fresh.role("ALL ON ALL TABLES IN SCHEMA public", "ALL ON ALL SEQUENCES IN SCHEMA public");
        String role = config.user();
        try (Database worker = Database.open(config)) {
            AvatarStore avatars = store(worker);
            SchemaWatch watch = watch(worker, avatars);
            watch.refresh();
            assertThat(events()).isEmpty();

            Sql.run(
                    fresh.database(),
                    "CREATE POLICY readers ON avatars FOR SELECT USING (true)",
                    "ALTER TABLE avatars ENABLE ROW LEVEL SECURITY");
            watch.refresh();
            assertThat(avatars.problem())
                    .hasValueSatisfying(problem -> assertThat(problem)
                            .contains("row level security of public.avatars (policies: readers)")
                            .contains("ALTER ROLE " + role + " BYPASSRLS"));
            Sql.run(
                    fresh.database(),
                    "ALTER TABLE avatars DISABLE ROW LEVEL SECURITY",
                    "REVOKE UPDATE ON avatars FROM " + role);
            watch.refresh();
            assertThat(avatars.problem())
                    .hasValueSatisfying(problem ->
                            assertThat(problem).contains("GRANT SELECT, UPDATE ON public.avatars TO " + role));
            Sql.run(fresh.database(), "GRANT UPDATE ON avatars TO " + role);
            watch.refresh();
            assertThat(events()).containsExactly("schema_broken", "schema_right");
        } finally {
            Sql.run(fresh.database(), "DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }
}
