package avatarmonitor.cluster;

import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Locks rows against all others until it is closed. */
final class RowLock implements AutoCloseable {
    private final Connection connection;

    private RowLock(Connection connection) {
        this.connection = connection;
    }

    /** Locks the avatar's trigger, so that no worker can remove it. Waits for the current holder of the lock. */
    static RowLock onTrigger(Database database, Training training) {
        return on(database, "SELECT 1 FROM qrtz_triggers WHERE trigger_name = '" + training.avatar() + "' FOR UPDATE");
    }

    static RowLock onAvatar(Database database, Training training) {
        return on(database, "SELECT 1 FROM avatars WHERE id = '" + training.avatar() + "' FOR UPDATE");
    }

    private static RowLock on(Database database, String select) {
        try {
            Connection connection = database.pool().getConnection();
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
                statement.execute(select);
            }
            return new RowLock(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(select, e);
        }
    }

    @Override
    public void close() {
        try (connection) {
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
