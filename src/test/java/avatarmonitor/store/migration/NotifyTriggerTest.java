package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.store.Database;
import avatarmonitor.store.Notifications;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The trigger of {@code migrate --with-notify}: when it notifies, and that it disturbs no other statement. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class NotifyTriggerTest {
    private static final String ID = "00000000-0000-0000-0000-000000000001";

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;

    NotifyTriggerTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    private static String insert(String id, String status, String request) {
        return "INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at) VALUES ('"
                + id + "', 'Ada', 'PORTRAIT', '" + status + "', " + request + ", current_timestamp)";
    }

    /** Returns the notifications of these statements, each run in its own transaction. */
    private List<String> heard(String... statements) {
        try (Notifications line = Notifications.open(database)) {
            for (String statement : statements) {
                Sql.run(database, statement);
            }
            Sql.run(database, "NOTIFY avatar_training, 'end'");
            List<String> payloads = new ArrayList<>();
            while (!payloads.contains("end")) {
                List<Notifications.Heard> heard = line.hear(Duration.ofSeconds(10));
                assertThat(heard).isNotEmpty();
                heard.forEach(one -> payloads.add(one.payload()));
            }
            payloads.remove("end");
            return payloads;
        }
    }

    @Test
    void itIsNeverThereUnaskedAndCanBeRemoved() {
        assertThat(NotifyTrigger.state(database)).isEqualTo(NotifyTrigger.State.ABSENT);
        assertThat(heard(insert(ID, "TRAINING", "'req-1'"))).isEmpty();

        assertThat(NotifyTrigger.install(database)).isTrue();
        assertThat(NotifyTrigger.install(database)).isFalse();
        assertThat(NotifyTrigger.state(database)).isEqualTo(NotifyTrigger.State.INSTALLED);
        assertThat(Migrations.run(database)).isZero();
        assertThat(NotifyTrigger.state(database)).isEqualTo(NotifyTrigger.State.INSTALLED);
        Sql.run(database, "ALTER TABLE avatars DISABLE TRIGGER avatar_monitor_notify");
        assertThat(NotifyTrigger.state(database)).isEqualTo(NotifyTrigger.State.DISABLED);
        assertThat(NotifyTrigger.install(database)).isTrue();
        assertThat(NotifyTrigger.state(database)).isEqualTo(NotifyTrigger.State.INSTALLED);

        assertThat(NotifyTrigger.remove(database)).isTrue();
        assertThat(NotifyTrigger.remove(database)).isFalse();
        assertThat(NotifyTrigger.state(database)).isEqualTo(NotifyTrigger.State.ABSENT);
    }

    @Test
    void eachTrainingThatBeginsIsNotifiedOnceAndNothingElseIs() {
        NotifyTrigger.install(database);
        String other = "00000000-0000-0000-0000-000000000002";

        assertThat(heard(
                        insert(ID, "COMPLETED", "'req-0'"),
                        insert(other, "training", "NULL"),
                        "UPDATE avatars SET training_progress = 5, last_status_check = current_timestamp"))
                .isEmpty();
        // The request comes later, then a retraining, then other writes of application and workers.
        assertThat(heard("UPDATE avatars SET fal_request_id = 'req-2' WHERE id = '" + other + "'"))
                .containsExactly(other);
        assertThat(heard("UPDATE avatars SET status = 'Training', fal_request_id = 'req-1' WHERE id = '" + ID + "'"))
                .containsExactly(ID);
        assertThat(heard(
                        "UPDATE avatars SET status = 'TRAINING', training_progress = 7",
                        "UPDATE avatars SET status = 'COMPLETED'",
                        "DELETE FROM avatars"))
                .isEmpty();
        assertThat(heard(
                        "INSERT INTO avatars (id, name, training_type, status, fal_request_id) SELECT gen_random_uuid(), 'Ada',"
                                + " 'STYLE', 'tRaInInG', 'req-' || n FROM generate_series(1, 3) n"))
                .hasSize(3)
                .doesNotHaveDuplicates();
    }

    @Test
    void statusMayBeAnEnumOrOfAnyCollation() {
        NotifyTrigger.install(database);
        Sql.run(database, "ALTER TABLE avatars ALTER status TYPE varchar(20) COLLATE \"tr-x-icu\"");
        assertThat(heard(insert(ID, "training", "'req-1'"))).containsExactly(ID);
        Sql.run(
                database,
                "DELETE FROM avatars",
                "CREATE TYPE stage AS ENUM ('Training', 'Done')",
                "ALTER TABLE avatars ALTER status DROP DEFAULT",
                "ALTER TABLE avatars ALTER status TYPE stage USING status::stage");

        assertThat(heard(insert(ID, "Training", "'req-1'"))).containsExactly(ID);
    }

    @Test
    void applicationMayChangeItsTableAndItsStatementsNeverFail() {
        NotifyTrigger.install(database);
        Sql.run(
                database,
                "ALTER TABLE avatars ALTER fal_request_id TYPE char(64)",
                "ALTER TABLE avatars RENAME COLUMN fal_request_id TO request");

        Sql.run(
                database,
                "INSERT INTO avatars (id, name, training_type, status, request) VALUES ('" + ID
                        + "', 'Ada', 'PORTRAIT', 'TRAINING', 'req-1')",
                "UPDATE avatars SET request = 'req-2'",
                "ALTER TABLE avatars DROP COLUMN request");

        assertThat(Sql.rows(database, "SELECT status FROM avatars")).containsExactly("TRAINING");
    }

    @Test
    void whoMayNotChangeTheTableIsReportedWhatItsOwnerCanRun() {
        try (Database poor = Database.open(fresh.role("SELECT ON ALL TABLES IN SCHEMA public"))) {
            assertThatThrownBy(() -> NotifyTrigger.install(poor))
                    .isInstanceOf(StoreException.class)
                    .hasMessage(
                            "this user may not change triggers of public.avatars: let its owner run CREATE OR REPLACE TRIGGER"
                                    + " avatar_monitor_notify AFTER INSERT OR UPDATE ON avatars FOR EACH ROW EXECUTE FUNCTION"
                                    + " avatar_monitor_notify_training()");
            NotifyTrigger.install(database);
            assertThatThrownBy(() -> NotifyTrigger.remove(poor))
                    .hasMessageEndingWith("let its owner run DROP TRIGGER IF EXISTS avatar_monitor_notify ON avatars");
        }
    }

    @Test
    void viewIsRefusedWithWhatToDoInstead() {
        Sql.run(database, "ALTER TABLE avatars RENAME TO people", "CREATE VIEW avatars AS SELECT * FROM people");

        assertThatThrownBy(() -> NotifyTrigger.install(database))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("public.avatars can have no trigger for rows")
                .hasMessageContaining("avatar_monitor_start");
    }
}
