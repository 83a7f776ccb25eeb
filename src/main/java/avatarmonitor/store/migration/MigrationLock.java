package avatarmonitor.store.migration;

import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.Timestamps;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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
        try (Connection connection = connections.getConnection()) {
            return switch (dialect) {
                case POSTGRESQL -> withAdvisoryLock(connection, work);
                case H2 -> withLockedRow(connection, work);
            };
        }
    }

    private static <T> T withAdvisoryLock(Connection connection, Supplier<T> work) throws SQLException {
        if (!Jdbc.one(connection, "SELECT pg_try_advisory_lock(" + KEY + ")", row -> row.getBoolean(1))) {
            String holder = holder(connection);
            log.warn("migration waits for another one to end timeout_s={} {}", TIMEOUT.toSeconds(), holder);
            await(connection, holder);
        }
        try {
            return work.get();
        } finally {
            // A pooler may give this session to another client.
            Jdbc.execute(connection, "SELECT pg_advisory_unlock(" + KEY + ")");
        }
    }

    private static void await(Connection connection, String holder) throws SQLException {
        // Only other migrations wait for this lock.
        Jdbc.execute(connection, "SET lock_timeout = " + TIMEOUT.toMillis());
        try {
            Jdbc.execute(connection, "SELECT pg_advisory_lock(" + KEY + ")");
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
    private static String holder(Connection connection) throws SQLException {
        String sql = """
                SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'local') AS client, a.backend_start
                FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND (CAST(l.classid AS bigint) << 32) | CAST(l.objid AS bigint) = %s
                """.formatted(KEY);
        return Jdbc.<String>first(
                        connection,
                        sql,
                        row -> "pid=" + row.getInt("pid") + " application=" + row.getString("application_name")
                                + " client=" + row.getString("client") + " since="
                                + Timestamps.at(row, "backend_start"))
                .orElse("pid=unknown");
    }

    /** H2 has no advisory locks; a row lock of an open transaction replaces them. */
    private static <T> T withLockedRow(Connection connection, Supplier<T> work) throws SQLException {
        Jdbc.execute(connection, "CREATE TABLE IF NOT EXISTS avatar_monitor_migration_lock (id int PRIMARY KEY)");
        Jdbc.execute(connection, "MERGE INTO avatar_monitor_migration_lock VALUES (1)");
        connection.setAutoCommit(false);
        Jdbc.execute(connection, "SELECT id FROM avatar_monitor_migration_lock FOR UPDATE");
        return work.get();
    }
}
