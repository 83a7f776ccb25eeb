package avatarmonitor.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.TestDatabase;
import java.sql.BatchUpdateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Parameters and rows are the same on every database. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class JdbcTest {
    private static final UUID ID = UUID.fromString("0198a1b2-0000-7000-8000-000000000001");
    private static final Instant AT = Instant.parse("2026-03-29T01:30:00.123456Z");
    private static final Duration LIMIT = Duration.ofSeconds(1);

    /** A query that takes far longer than the limit. */
    private static final String ENDLESS =
            "SELECT count(*) FROM avatar_event a, avatar_event b, avatar_event c, avatar_event d, avatar_event e";

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;

    JdbcTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    private int insert(@Nullable Object... values) {
        String sql = "INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail)"
                + " VALUES (?, ?, ?, ?, ?, " + database.dialect().jsonParameter() + ")";
        return database.inTransaction(connection -> Jdbc.update(connection, sql, values));
    }

    private List<String> types() {
        return texts("SELECT type FROM avatar_event ORDER BY id");
    }

    private List<String> texts(String sql, Object... values) {
        return database.read(connection -> Jdbc.list(connection, sql, row -> row.getString(1), values));
    }

    private Optional<String> first(String sql, Object... values) {
        return database.read(connection -> Jdbc.first(connection, sql, row -> row.getString(1), values));
    }

    private boolean exists(String sql, Object... values) {
        return database.read(connection -> Jdbc.exists(connection, sql, values));
    }

    @Test
    void valuesOfEveryKindComeBackAsTheyWere() {
        assertThat(insert(AT, ID, null, "worker-1", "invalid", "{}")).isEqualTo(1);

        List<Object> read = database.read(connection -> Jdbc.one(
                connection,
                "SELECT * FROM avatar_event WHERE at = ? AND avatar_id = ? AND worker = ? AND (true = ?)",
                row -> Arrays.asList(
                        Timestamps.at(row, "at"), row.getObject("avatar_id"), row.getString("fal_request_id")),
                AT,
                ID,
                "worker-1",
                true));

        assertThat(read).containsExactly(AT, ID, null);
    }

    @Test
    void firstRowIsEmptyWithoutARowAndForNull() {
        String none = "SELECT type FROM avatar_event WHERE worker = ?";
        String nothing = "SELECT CAST(NULL AS varchar)";
        assertThat(exists(none, "nobody")).isFalse();
        assertThat(first(none, "nobody")).isEmpty();
        assertThat(first(nothing)).isEmpty();
        assertThat(exists(nothing)).isTrue();
        assertThatThrownBy(() -> database.read(connection -> Jdbc.one(connection, none, row -> "", "nobody")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no row: " + none);
    }

    @Test
    void batchCountsItsRowsAndNamesTheOneThatFailed() {
        String sql = "INSERT INTO avatar_event (at, worker, type, detail) VALUES (?, ?, ?, "
                + database.dialect().jsonParameter() + ")";
        assertThat(database.<Integer>inTransaction(connection -> Jdbc.batch(
                        connection, sql, List.of("a", "b", "c"), type -> new Object[] {AT, "worker-1", type, "{}"})))
                .isEqualTo(3);
        assertThat(types()).containsExactly("a", "b", "c");

        assertThatThrownBy(() ->
                        database.inTransaction(connection -> Jdbc.batch(connection, sql, List.of("d", "e"), type ->
                                new Object[] {AT, type.equals("e") ? null : "worker-1", type, "{}"})))
                .isInstanceOf(StoreException.class)
                .cause()
                .isNotInstanceOf(BatchUpdateException.class);
        assertThat(types()).containsExactly("a", "b", "c");
    }

    @Test
    void columnsAreArraysOfTheirType() {
        for (String type : List.of("one", "two", "three")) {
            insert(AT, ID, null, "worker-1", type, "{}");
        }
        List<Long> ids = database.read(
                connection -> Jdbc.list(connection, "SELECT id FROM avatar_event ORDER BY id", row -> row.getLong(1)));

        String sql = "SELECT type FROM avatar_event WHERE type = ANY (?) AND id = ANY (?) AND avatar_id = ANY (?)";
        assertThat(texts(
                        sql,
                        Columns.of("text", List.of("one", "three"), text -> text),
                        Columns.of("int8", ids.subList(0, 2), id -> id),
                        Columns.of("uuid", List.of(ID), id -> id)))
                .containsExactly("one");
    }

    @Test
    void plannedStatementReadsLikeAnyOther() {
        insert(AT, ID, null, "worker-1", "one", "{}");
        List<String> read = database.read(connection -> Jdbc.listPlanned(
                connection, "SELECT type FROM avatar_event WHERE at <= ?", row -> row.getString(1), AT));
        assertThat(read).containsExactly("one");
    }

    @Test
    void queryEndsAtItsLimitAndTheNextOneHasNone() {
        for (int i = 0; i < 7; i++) {
            database.inTransaction(connection -> Jdbc.update(
                    connection, """
                    INSERT INTO avatar_event (at, worker, type, detail)
                    SELECT at, worker, type, detail FROM avatar_event
                    UNION ALL SELECT current_timestamp, 'worker-1', 'one', %s""".formatted(database.dialect() == Dialect.H2 ? "JSON '{}'" : "CAST('{}' AS json)")));
        }

        assertThatThrownBy(() ->
                        database.read(connection -> Jdbc.listWithin(LIMIT, connection, ENDLESS, row -> row.getLong(1))))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.cancelled()).isTrue());
        assertThat(types()).hasSize(127);
    }
}
