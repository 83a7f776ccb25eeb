package avatarmonitor.store;

import avatarmonitor.store.sql.Dialect;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens and sets up connections for a pool, and rejects a server that is read-only. After a failover an address may
 * lead to a standby, or to the old primary, for a while.
 */
final class ConnectionSource implements DataSource {
    private final ConnectionSettings settings;
    private final DatabaseOutage outage;
    private volatile int loginTimeout;

    ConnectionSource(ConnectionSettings settings, DatabaseOutage outage) {
        this.settings = settings;
        this.outage = outage;
    }

    /** Opens a connection without session setup. */
    @SuppressWarnings("try")
    static Connection connect(ConnectionSettings settings) throws SQLException {
        ConnectionSettings opener = settings.opener();
        if (opener == null) {
            return connectAlone(settings);
        }
        // The first connection determines the settings of an embedded database, and this process may be the one that
        // opens it.
        try (Connection opened = connectAlone(opener)) {
            return connectAlone(settings);
        }
    }

    private static Connection connectAlone(ConnectionSettings settings) throws SQLException {
        Properties properties = new Properties();
        settings.driverProperties().forEach(properties::setProperty);
        if (!settings.user().isEmpty()) {
            properties.setProperty("user", settings.user());
        }
        if (!settings.password().isEmpty()) {
            properties.setProperty("password", settings.password());
        }
        return DriverManager.getConnection(
                settings.dialect() == Dialect.H2 ? H2Connection.driverUrl(settings.url()) : settings.url(), properties);
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            Connection connection = connect(settings);
            try {
                setUp(connection);
            } catch (SQLException | RuntimeException e) {
                close(connection, e);
                throw e;
            }
            outage.connected();
            return connection;
        } catch (SQLException e) {
            outage.failed(e);
            throw e;
        }
    }

    /** Sets up the session in one round trip. */
    private void setUp(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (!statement.execute(settings.sessionSetup())) {
                return;
            }
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                boolean standby = row.getBoolean(PostgresConnection.IN_RECOVERY);
                if (settings.writable() && (standby || row.getBoolean(PostgresConnection.READ_ONLY))) {
                    throw new SQLException(
                            standby
                                    ? "the server is a standby: it takes no writes before it is promoted"
                                    : "the server takes no writes: default_transaction_read_only is on",
                            SqlStates.READ_ONLY);
                }
            }
        }
    }

    /** Closes a connection that cannot be used; a failure is added to the reason. */
    static void close(Connection connection, Exception reason) {
        try {
            connection.close();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("user and password come from db.user and db.password");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    /**
     * The driver's own timeouts apply; the pool uses this value for its wait for a pending connection when it is
     * closed.
     */
    @Override
    public void setLoginTimeout(int seconds) {
        loginTimeout = seconds;
    }

    @Override
    public int getLoginTimeout() {
        return loginTimeout;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("logs by slf4j");
    }

    @Override
    public <T> T unwrap(Class<T> kind) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> kind) {
        return false;
    }
}
