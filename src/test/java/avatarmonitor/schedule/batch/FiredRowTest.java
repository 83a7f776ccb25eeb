package avatarmonitor.schedule.batch;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.schedule.Triggers;
import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(value = TestDatabase.class, mode = EnumSource.Mode.EXCLUDE, names = "H2")
class FiredRowTest {
    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;

    FiredRowTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        Triggers.change(database, """
                INSERT INTO qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time,
                                                 sched_time, priority, state)
                SELECT 'avatar-monitor', name, name, 'avatar', 'worker', 0, 0, 5, 'EXECUTING'
                FROM unnest(ARRAY['one', 'two', 'three']) AS name""");
    }

    private void delete(FiredRow... rows) {
        database.inTransaction(connection -> {
            FiredRow.delete(connection, List.of(rows));
            return true;
        });
    }

    private FiredRow row(String entry) {
        return new FiredRow(
                entry,
                texts("SELECT ctid FROM qrtz_fired_triggers WHERE entry_id = '" + entry + "'")
                        .get(0));
    }

    private List<String> left() {
        return texts("SELECT entry_id FROM qrtz_fired_triggers");
    }

    private List<String> texts(String query) {
        return database.read(connection -> texts(connection, query));
    }

    private static List<String> texts(Connection connection, String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }

    @Test
    void onlyTheseAreDeleted() {
        delete(row("one"), row("three"));
        assertThat(left()).containsExactly("two");
    }

    @Test
    void oneThatHasMovedIsFoundByItsKey() {
        FiredRow one = row("one");
        FiredRow two = row("two");
        Triggers.change(database, "UPDATE qrtz_fired_triggers SET priority = 6 WHERE entry_id = 'one'");
        assertThat(row("one")).isNotEqualTo(one);

        delete(one, two);
        assertThat(left()).containsExactly("three");
    }

    @Test
    void rowOfUnknownPlaceIsFoundByItsKey() {
        delete(new FiredRow("one", null), row("two"));
        assertThat(left()).containsExactly("three");
    }

    /** A worker that was considered dead has lost its firings, and others have been written at their ctids. */
    @Test
    void anotherInItsPlaceStays() {
        delete(new FiredRow("gone", row("one").ctid()), row("two"));
        assertThat(left()).containsExactlyInAnyOrder("one", "three");
    }

    @Test
    void workerKnowsThePlacesOfItsFirings() throws Exception {
        Triggers.change(database, "DELETE FROM qrtz_fired_triggers");
        Triggers.change(database, "CREATE TABLE deletions (query text)");
        Triggers.change(database, """
                CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO deletions VALUES (current_query()); RETURN NULL; END $$""");
        Triggers.change(database, """
                CREATE TRIGGER note AFTER DELETE ON qrtz_fired_triggers FOR EACH STATEMENT EXECUTE FUNCTION note()""");
        QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> context -> {});
        Triggers.store(node, Triggers.many(20, Instant.now()), SHARED, NOTHING_MORE);
        node.start();
        patiently()
                .until(() -> Triggers.count(database, "qrtz_simple_triggers", "times_triggered = 1") == 20
                        && Triggers.count(database, "qrtz_fired_triggers", "true") == 0);
        node.stop(Duration.ofSeconds(10));

        assertThat(texts("SELECT query FROM deletions WHERE query LIKE '%entry_id%'"))
                .isNotEmpty()
                .allMatch(query -> query.contains("ctid"));
    }
}
