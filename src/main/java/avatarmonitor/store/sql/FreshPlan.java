package avatarmonitor.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGStatement;

/**
 * Statements with a fixed plan, independent of PostgreSQL's table statistics. A queue is analyzed while it is empty and
 * full moments later, so the planner's estimates are usually wrong by any factor. Three techniques leave it no choice:
 *
 * <ul>
 * <li>{@link #byIndex settings} under which rows are read by an index and in its order;
 * <li>{@code JOIN LATERAL (SELECT ... LIMIT 1)} for each key: in a plain join a table that is estimated at one row is
 * read as a whole for each key, even by an index;
 * <li>{@code ctid} for rows that were locked before.
 * </ul>
 */
public final class FreshPlan {
    /** Plan types to switch off, so that only index scans and nested loops remain. */
    private static final List<String> OFF = List.of(
            "enable_seqscan",
            "enable_bitmapscan",
            "enable_sort",
            "enable_hashjoin",
            "enable_mergejoin",
            "enable_material",
            "jit");

    private FreshPlan() {}

    /** Prepares a statement that is planned at each execution, for the current size of the tables. */
    public static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        if (statement.isWrapperFor(PGStatement.class)) {
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        }
        return statement;
    }

    /**
     * Makes the statements of this transaction read rows by an index and in its order only. A sort that cannot be
     * avoided is still made. Does nothing on H2.
     */
    public static void byIndex(Connection connection) throws SQLException {
        if (Dialect.of(connection) == Dialect.POSTGRESQL) {
            Jdbc.execute(connection, "SELECT " + settings(true));
        }
    }

    /**
     * Makes the statements of this transaction join whole tables by hash or merge, and plans them anew each time.
     * Otherwise a table estimated at one row is read again for each row of another one. Does nothing on H2.
     */
    public static void byHash(Connection connection) throws SQLException {
        if (Dialect.of(connection) == Dialect.POSTGRESQL) {
            Jdbc.execute(
                    connection,
                    "SELECT set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true),"
                            + " set_config('plan_cache_mode', 'force_custom_plan', true)");
        }
    }

    /**
     * SQL condition that a column has one of the values of a query, which runs once and first. As a join PostgreSQL may
     * run it for each row.
     */
    public static String in(Connection connection, String query) throws SQLException {
        return Dialect.of(connection) == Dialect.POSTGRESQL ? "= ANY (ARRAY(" + query + "))" : "IN (" + query + ")";
    }

    /** Select list that applies the settings of {@link #byIndex}. */
    public static String settings(boolean transaction) {
        return OFF.stream()
                .map(setting -> "set_config('" + setting + "', 'off', " + transaction + ")")
                .collect(Collectors.joining(", "));
    }
}
