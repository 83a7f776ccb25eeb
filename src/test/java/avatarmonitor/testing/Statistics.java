package avatarmonitor.testing;

import avatarmonitor.store.Database;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Table statistics of PostgreSQL that differ from the actual content. Autovacuum is off for the tables, so they stay
 * that way. Queues usually have such statistics: they fill up within seconds after they were analyzed empty, and empty
 * as fast.
 */
public enum Statistics {
    /** The tables were never analyzed. */
    NEVER,
    /** Analyzed when each table had one row. */
    OF_ONE_ROW,
    /** Analyzed when each table had one row on as many pages as a large one. */
    OF_ONE_ROW_ON_MANY_PAGES,
    /** Analyzed when each table had a thousand times as many rows. */
    OF_TOO_MANY_ROWS,
    /** Correct. */
    RIGHT;

    /** Each of them on the oldest and the newest supported PostgreSQL, as a method source. */
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

    /** Fills the empty tables of a database, so that PostgreSQL has these statistics. Does not check foreign keys. */
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
