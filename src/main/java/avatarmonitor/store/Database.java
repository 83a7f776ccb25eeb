package avatarmonitor.store;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** One database: its pool, and the only two ways to work with it. Every failure is a {@link StoreException}. */
public final class Database implements AutoCloseable {
    private final Dialect dialect;
    private final DataSource pool;

    Database(Dialect dialect, DataSource pool) {
        this.dialect = dialect;
        this.pool = pool;
    }

    /** A piece of work on one connection. */
    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** For libraries that bring their own transactions. */
    public DataSource pool() {
        return pool;
    }

    /** Runs the work in one READ COMMITTED transaction: committed when it returns, rolled back when it throws. */
    public <T> T inTransaction(Work<T> work) {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /** Runs reads that need no common snapshot; each statement commits by itself. */
    public <T> T read(Work<T> work) {
        try (Connection connection = pool.getConnection()) {
            return work.on(connection);
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    @Override
    public void close() {}
}
