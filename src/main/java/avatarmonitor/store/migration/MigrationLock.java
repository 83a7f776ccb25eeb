package avatarmonitor.store.migration;

import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lock that allows one migration at a time, across all processes. Flyway also locks its history table, but only once
 * that exists: of several workers that start on a fresh database one could take the tables of another for the
 * application's. The lock belongs to a connection, so a crash releases it.
 */
final class MigrationLock {
    /** Timeout of a migration: creating tables and indexes may take long on a busy server. */
    static final Duration TIMEOUT = Duration.ofMinutes(5);

    private static final String KEY = "CAST(hashtext('avatar-monitor migration') AS bigint)";

    private static final Logger log = LoggerFactory.getLogger(MigrationLock.class);

    private MigrationLock() {}

    /**
     * Waits for the lock, then runs the work on other connections. The lock is released when these connections are
     * closed.
     */
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
        if (!isTrue(statement, "SELECT pg_try_advisory_lock(" + KEY + ")")) {
            String holder = holder(statement);
            log.warn("migration waits for another one to end timeout_s={} {}", TIMEOUT.toSeconds(), holder);
            await(statement, holder);
        }
        try {
            return work.get();
        } finally {
            // A pooler may give this session to another client.
            statement.execute("SELECT pg_advisory_unlock(" + KEY + ")");
        }
    }

    private static void await(Statement statement, String holder) throws SQLException {
        // Only other migrations wait for this lock.
        statement.execute("SET lock_timeout = " + TIMEOUT.toMillis());
        try {
            statement.execute("SELECT pg_advisory_lock(" + KEY + ")");
        } catch (SQLException e) {
            if (StoreException.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw new StoreException(
                        "migration failed: another one held its lock for " + TIMEOUT.toMinutes()
                                + " min (" + holder
                                + "): wait for its end, or end that session with pg_terminate_backend, then try again",
                        e);
            }
            throw e;
        }
    }

    /** Returns the holder of the lock as log fields; ordinary roles cannot see details of other roles' sessions. */
    private static String holder(Statement statement) throws SQLException {
        String sql = """
                SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'local') AS client, a.backend_start
                FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND (CAST(l.classid AS bigint) << 32) | CAST(l.objid AS bigint) = %s
                """.formatted(KEY);
        try (ResultSet row = statement.executeQuery(sql)) {
            return row.next()
                    ? "pid=" + row.getInt("pid") + " application=" + row.getString("application_name") + " client="
                            + row.getString("client") + " since="
                            + row.getObject("backend_start", OffsetDateTime.class)
                                    .toInstant()
                    : "pid=unknown";
        }
    }

    private static boolean isTrue(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** H2 has no advisory locks; a row lock of an open transaction replaces them. */
    private static <T> T withLockedRow(Connection connection, Statement statement, Supplier<T> work)
            throws SQLException {
        statement.execute("CREATE TABLE IF NOT EXISTS avatar_monitor_migration_lock (id int PRIMARY KEY)");
        statement.execute("MERGE INTO avatar_monitor_migration_lock VALUES (1)");
        connection.setAutoCommit(false);
        statement.execute("SELECT id FROM avatar_monitor_migration_lock FOR UPDATE");
        return work.get();
    }
}
