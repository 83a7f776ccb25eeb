package avatarmonitor.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * A connection pooler between us and PostgreSQL. Detects one that gives one server session to several clients in turn: PgBouncer in transaction or statement mode, pgcat, Odyssey,
 * Supavisor and the like. Settings of a session, advisory locks and prepared statements would reach other clients there.
 *
 * <p>Every pooler answers a new client with a process id of its own making, which differs from the id of the server process that then
 * works for it. Where both are the same there is none, and nothing more is asked. Behind a pooler the question is whether a client keeps its server
 * process: if this one gets another, or a second client gets the same, sessions are shared.
 */
public final class Pooler {
    /** Other clients may take the session between two questions; that they do so each time is as good as impossible. */
    private static final int ROUNDS = 10;

    /** A pooler may have no session for the second client for long, since the first one keeps the only one: it has a session to itself then. */
    private static final int SECOND_CLIENT_SECONDS = 3;

    /** Of PgBouncer to one client more than {@code max_client_conn}; of a transaction in statement mode too. */
    private static final String NO_CLIENT = "08P01";

    /** Failures that come of shared sessions alone, by SQLState. */
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

    /** Whether there is one, of whatever mode; PostgreSQL only. */
    public static boolean isBefore(Database database) {
        return database.read(Pooler::isBefore);
    }

    private static boolean isBefore(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID() != serverProcess(connection);
    }

    /** How it shows; null when it does not. */
    private static @Nullable String shared(Connection first, ConnectionSettings settings) throws SQLException {
        int before = serverProcess(first);
        Connection client;
        try {
            client = ConnectionSource.connect(forProbe(settings));
        } catch (SQLException e) {
            // A pooler at its limit of clients refuses another one with the same SQLState as a transaction.
            return NO_CLIENT.equals(e.getSQLState()) ? null : SHARING.get(String.valueOf(e.getSQLState()));
        }
        try (Connection second = client) {
            second.setAutoCommit(false);
            for (int round = 0; round < ROUNDS; round++) {
                // The session that the first client has just left is the next one that a pooler lends.
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
        Map<String, String> driver = new LinkedHashMap<>(settings.driverProperties());
        driver.put("preferQueryMode", "simple");
        driver.computeIfPresent("socketTimeout", (key, value) -> Integer.toString(SECOND_CLIENT_SECONDS));
        return new ConnectionSettings(
                settings.dialect(),
                settings.url(),
                settings.user(),
                settings.password(),
                driver,
                settings.sessionSetup(),
                settings.writable());
    }

    private static int serverProcess(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
