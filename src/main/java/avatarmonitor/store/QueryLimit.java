package avatarmonitor.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/** A time limit for one query, for readers who would rather have no answer than hold a connection for long. */
public final class QueryLimit {
    private QueryLimit() {}

    /** What is done with a query. */
    public interface Work<T> {
        T on(PreparedStatement select) throws SQLException;
    }

    /**
     * Runs it.
     *
     * @param limit whole seconds
     * @throws SQLException as the work; of a statement that was cancelled when the limit is over ({@link StoreException#cancelled})
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
                // A pool closes a connection of H2 whose statement took too long.
                e.addSuppressed(closed);
            }
            throw e;
        }
        reset(select);
        return result;
    }

    /** On H2 the limit is one of the session, which goes back to the pool. */
    private static void reset(PreparedStatement select) throws SQLException {
        select.setQueryTimeout(0);
    }
}
