package avatarmonitor.store;

import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Detects a connection pooler that shares server sessions between clients: PgBouncer in transaction or statement mode,
 * pgcat, Odyssey, Supavisor and the like. Session settings, advisory locks and prepared statements would affect other
 * clients there.
 *
 * <p>Every pooler sends a new client a process id of its own, which differs from the id of the server process behind
 * it. Where both are the same there is no pooler, and no further check. Otherwise sessions are shared if this client
 * gets another server process later, or a second client gets the same one.
 */
public final class Pooler {
    /** Other clients may take the session between two queries; in every round this is practically impossible. */
    private static final int ROUNDS = 10;

    /**
     * Login timeout of the second client. A pooler may have no session for it while the first one holds the only one;
     * then sessions are not shared.
     */
    private static final int SECOND_CLIENT_SECONDS = 3;

    /** SQLState of PgBouncer for a client beyond {@code max_client_conn}, and for a transaction in statement mode. */
    private static final String NO_CLIENT = "08P01";

    /** Failures that only shared sessions cause, by SQLState. */
    private static final Map<String, String> SHARING = Map.of(
            NO_CLIENT,
            "it refuses transactions",
            "26000",
            "a prepared statement was lost",
            "42P05",
            "a prepared statement of another client was there");

    private Pooler() {}

    /** @throws StoreException when sessions are shared: says what to do */
    static void refuseSharing(Connection first, ConnectionSettings settings) throws SQLException {
        if (isBefore(first)) {
            String how = shared(first, settings);
            if (how != null) {
                throw StoreException.misconfigured("database " + FirstConnection.shown(settings)
                        + " is behind a connection pooler that shares sessions, such as PgBouncer with pool_mode = transaction or"
                        + " statement (" + how
                        + "): give avatar-monitor a direct connection to PostgreSQL, or a pool in session mode"
                        + " (pool_mode = session)");
            }
        }
    }

    /** Returns whether there is a pooler, in any mode; PostgreSQL only. */
    public static boolean isBefore(Database database) {
        return database.read(Pooler::isBefore);
    }

    private static boolean isBefore(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID() != serverProcess(connection);
    }

    /** Returns how sharing was detected; null when it was not. */
    private static @Nullable String shared(Connection first, ConnectionSettings settings) throws SQLException {
        int before = serverProcess(first);
        Connection client;
        try {
            client = ConnectionSource.connect(forProbe(settings));
        } catch (SQLException e) {
            // A pooler at its client limit refuses another client with the same SQLState as a transaction.
            return NO_CLIENT.equals(e.getSQLState()) ? null : SHARING.get(String.valueOf(e.getSQLState()));
        }
        try (Connection second = client) {
            second.setAutoCommit(false);
            for (int round = 0; round < ROUNDS; round++) {
                // A pooler lends the session that the first client has just returned next.
                int now = serverProcess(first);
                int other = serverProcess(second);
                second.rollback();
                if (other == now) {
                    return "two clients got server process " + other;
                }
                if (now != before) {
                    return "one client got server processes " + before + " and " + now;
                }
            }
            return null;
        } catch (SQLException e) {
            return SHARING.get(String.valueOf(e.getSQLState()));
        }
    }

    private static ConnectionSettings forProbe(ConnectionSettings settings) {
        return settings.withDriver(driver -> {
            driver.put("preferQueryMode", "simple");
            driver.computeIfPresent("socketTimeout", (key, value) -> Integer.toString(SECOND_CLIENT_SECONDS));
        });
    }

    private static int serverProcess(Connection connection) throws SQLException {
        return Jdbc.one(connection, "SELECT pg_backend_pid()", row -> row.getInt(1));
    }
}
