package avatarmonitor.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * One migrator at a time, in all processes. Flyway locks its history table too, but only once that exists: of several workers
 * that start on a fresh database one could take the tables of another for the application's. Whoever dies loses the lock: it belongs to a
 * connection.
 */
final class MigrationLock {
    private MigrationLock() {}

    /** Waits its turn, then runs the work on other connections. The lock is free again when these connections are closed. */
    static <T> T whileHeld(Dialect dialect, DataSource connections, Supplier<T> work) throws SQLException {
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement()) {
            return switch (dialect) {
                case POSTGRESQL -> withAdvisoryLock(statement, work);
                case H2 -> withLockedRow(connection, statement, work);
            };
        }
    }

    private static <T> T withAdvisoryLock(Statement statement, Supplier<T> work) throws SQLException {
        // Nobody but another migrator queues behind this one.
        statement.execute("SET lock_timeout = " + PostgresConnection.MIGRATION.toMillis());
        statement.execute("SELECT pg_advisory_lock(hashtext('avatar-monitor migration'))");
        return work.get();
    }

    /** H2 has no advisory locks; a row locked by an open transaction serves as one. */
    private static <T> T withLockedRow(Connection connection, Statement statement, Supplier<T> work)
            throws SQLException {
        statement.execute("CREATE TABLE IF NOT EXISTS avatar_monitor_migration_lock (id int PRIMARY KEY)");
        statement.execute("MERGE INTO avatar_monitor_migration_lock VALUES (1)");
        connection.setAutoCommit(false);
        statement.execute("SELECT id FROM avatar_monitor_migration_lock FOR UPDATE");
        return work.get();
    }
}
