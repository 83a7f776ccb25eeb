package avatarmonitor.store.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/** Timeout for one query, for readers that must not hold a connection for long. */
public final class QueryLimit {
    private QueryLimit() {}

    public interface Work<T> {
        T on(PreparedStatement select) throws SQLException;
    }

    /**
     * Runs the work.
     *
     * @param limit whole seconds
     * @throws SQLException of the work; that of a cancelled statement when the limit is exceeded ({@link
     *     StoreException#cancelled})
     */
    public static <T> T within(Duration limit, PreparedStatement select, Work<T> work) throws SQLException {
        select.setQueryTimeout(Math.toIntExact(limit.toSeconds()));
        T result;
        try {
            result = work.on(select);
        } catch (SQLException e) {
            try {
                reset(select);
            } catch (SQLException closed) {
                // A pool closes an H2 connection whose statement timed out.
                e.addSuppressed(closed);
            }
            throw e;
        }
        reset(select);
        return result;
    }

    /** On H2 the limit belongs to the session, which returns to the pool. */
    private static void reset(PreparedStatement select) throws SQLException {
        select.setQueryTimeout(0);
    }
}
