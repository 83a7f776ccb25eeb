package avatarmonitor.testing;

import avatarmonitor.store.Database;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * What PostgreSQL believes about tables while they hold something else. Autovacuum is off for them, so it stays so. Queues live with such
 * statistics most of the time: they fill up within seconds after they were analyzed empty, and empty as fast.
 */
public enum Statistics {
    /** The tables were never analyzed. */
    NEVER,
    /** Made when each table had one row. */
    OF_ONE_ROW,
    /** Made when each table had one row on as many pages as a large one. */
    OF_ONE_ROW_ON_MANY_PAGES,
    /** Made when each table had a thousand times as many rows. */
    OF_TOO_MANY_ROWS,
    /** Right. */
    RIGHT;

    /** Each of them on the oldest and the newest supported PostgreSQL: a method source of tests that take both. */
    public static Stream<Arguments> onEachPostgres() {
        return Stream.of(TestDatabase.POSTGRESQL_15, TestDatabase.POSTGRESQL_18)
                .flatMap(kind -> Stream.of(values()).map(statistics -> Arguments.of(kind, statistics)));
    }

    /** Fills tables. */
    public interface Filling {
        /**
         * Inserts rows.
         *
         * @param from number of the first row, counted from 1
         */
        void rows(int from, int to);
    }

    /** Fills the tables of a database that are still empty, so that PostgreSQL believes this about them. Keys are not checked meanwhile. */
    public void fill(Database database, int rows, Filling filling) {
        List<String> tables = Sql.rows(database, """
                SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
                  AND (relname LIKE 'qrtz%' OR relname LIKE 'avatar%')""");
        tables.forEach(table -> Sql.run(database, "ALTER TABLE " + table + " SET (autovacuum_enabled = false)"));
        filling.rows(1, 1);
        switch (this) {
            case NEVER -> filling.rows(2, rows);
            case OF_ONE_ROW -> {
                Sql.run(database, "ANALYZE");
                filling.rows(2, rows);
            }
            case OF_ONE_ROW_ON_MANY_PAGES -> {
                Sql.run(database, "ANALYZE");
                filling.rows(2, rows);
                believe(database, "relpages = 10000");
            }
            case OF_TOO_MANY_ROWS -> {
                filling.rows(2, rows);
                Sql.run(database, "ANALYZE");
                believe(database, "reltuples = reltuples * 1000");
            }
            case RIGHT -> {
                filling.rows(2, rows);
                Sql.run(database, "ANALYZE");
            }
        }
    }

    private static void believe(Database database, String what) {
        Sql.run(
                database,
                "UPDATE pg_class SET " + what + " WHERE relnamespace = current_schema()::regnamespace"
                        + " AND (relname LIKE '%qrtz%' OR relname LIKE '%avatar%')");
    }
}
