package avatarmonitor.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGStatement;

/**
 * Statements over many keys. PostgreSQL keeps the plan of a statement that is sent often; one that was made while a table was nearly empty
 * reads the whole table for each key after it has grown, until somebody analyzes it.
 */
public final class FreshPlan {
    private FreshPlan() {}

    /** A statement that is planned at each execution, for the size that tables have at that moment. */
    public static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        if (statement.isWrapperFor(PGStatement.class)) {
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        }
        return statement;
    }

    /**
     * Has the statements of this transaction find each row by its key. At a few hundred keys and a hundred thousand rows the planner thinks
     * that reading a whole table once is as cheap; it is not, since the rows are many times more than those that are wanted. PostgreSQL only.
     */
    public static void byKey(Connection connection) throws SQLException {
        String sql = """
                SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
                    set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)""";
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
