package avatarmonitor.store;

import avatarmonitor.store.sql.Dialect;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

/** Opens the first connection, which verifies the {@code db.*} keys, with detailed errors for the operator. */
final class FirstConnection {
    static final int OLDEST_POSTGRESQL = 15;

    /** H2's SQLState when a database that must exist does not. */
    private static final String NO_FILE = "90146";

    private FirstConnection() {}

    static Connection open(ConnectionSettings settings) {
        requireNoObstacle(settings);
        try {
            return ConnectionSource.connect(settings);
        } catch (SQLException e) {
            // For a missing file the advice is complete; H2's message would only repeat it.
            String said = NO_FILE.equals(e.getSQLState())
                    ? ""
                    : " (SQLState " + e.getSQLState() + ": " + e.getMessage() + ")";
            throw new StoreException("cannot open database " + shown(settings) + ": " + advice(e, settings) + said, e);
        }
    }

    /** @throws StoreException when the file system prevents access to an embedded database */
    static void requireNoObstacle(ConnectionSettings settings) {
        if (settings.dialect() == Dialect.H2) {
            H2Connection.bindToLoopback();
            H2File.obstacle(settings.url()).ifPresent(obstacle -> {
                throw new StoreException("cannot open database " + shown(settings) + ": " + obstacle);
            });
        }
    }

    /**
     * Checks whether the server is suitable.
     *
     * @throws StoreException when it is too old, is read-only though writes are wanted, or a pooler shares its
     *     sessions
     */
    static void requireSuitable(Connection connection, ConnectionSettings settings) throws SQLException {
        if (settings.dialect() == Dialect.POSTGRESQL) {
            requireSupportedVersion(connection);
            Pooler.refuseSharing(connection, settings);
            if (settings.writable()) {
                requireWritable(connection, settings);
            }
        }
    }

    private static void requireSupportedVersion(Connection connection) throws SQLException {
        DatabaseMetaData facts = connection.getMetaData();
        if (facts.getDatabaseMajorVersion() < OLDEST_POSTGRESQL) {
            throw new StoreException("PostgreSQL " + facts.getDatabaseProductVersion() + " is too old: "
                    + OLDEST_POSTGRESQL + " or newer is needed");
        }
    }

    private static void requireWritable(Connection connection, ConnectionSettings settings) throws SQLException {
        switch (ServerRole.of(connection)) {
            case PRIMARY -> {}
            case STANDBY, READ_ONLY ->
                throw new StoreException("database " + shown(settings) + " takes no writes: "
                        + ServerRole.of(connection).inWords() + "; " + ServerRole.REMEDY);
        }
    }

    /** Returns the URL roughly as configured, without secrets and without the settings that were added for H2. */
    static String shown(ConnectionSettings settings) {
        String url = JdbcUrl.withoutSecrets(settings.url());
        return settings.dialect() == Dialect.H2 ? url.split(";", 2)[0].replaceFirst(":async:", ":file:") : url;
    }

    private static String advice(SQLException e, ConnectionSettings settings) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.equals("28P01")) {
            return "user or password refused, check db.user and db.password";
        }
        if (state.startsWith(SqlStates.NO_LOGIN)) {
            return "user or password refused, or this machine is not let in (pg_hba.conf of the server), check db.user and db.password";
        }
        if (state.equals(SqlStates.NO_SUCH_DATABASE)) {
            return "it does not exist, create it with CREATE DATABASE or check db.url";
        }
        if (state.equals(SqlStates.TOO_MANY_CONNECTIONS)) {
            return "the server gives this user no more connections: " + ConnectionBudget.NEEDED
                    + "; raise max_connections, or CONNECTION LIMIT of role or database, or end other sessions";
        }
        if (state.equals(SqlStates.CANNOT_CONNECT_NOW)) {
            return "the server is starting up, shutting down or recovering, try again";
        }
        if (state.startsWith("08")) {
            return TlsFailure.advice(e, settings.url())
                    .orElse(
                            "it cannot be reached, check db.url and that the server runs and accepts connections from here");
        }
        if (state.equals("90020")) {
            return "the file is open in a process that does not share it, end that process";
        }
        if (state.equals(NO_FILE)) {
            return "there is no database yet, avatar-monitor migrate or a worker makes it; or check db.url: a relative"
                    + " path starts in the working directory";
        }
        return "check db.url";
    }
}
