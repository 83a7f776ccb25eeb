package avatarmonitor.store;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The connection that shows whether the {@code db.*} keys are right, with errors for the one who wrote them. */
final class FirstConnection {
    static final int OLDEST_POSTGRESQL = 15;

    private FirstConnection() {}

    static Connection open(ConnectionSettings settings) {
        if (settings.dialect() == Dialect.H2 && System.getProperty("h2.bindAddress") == null) {
            // H2 reads it once, when its classes are loaded. Without it the server for other local processes would
            // listen
            // on every address of the machine.
            System.setProperty("h2.bindAddress", "127.0.0.1");
        }
        Properties properties = new Properties();
        settings.driverProperties().forEach(properties::setProperty);
        if (!settings.user().isEmpty()) {
            properties.setProperty("user", settings.user());
        }
        if (!settings.password().isEmpty()) {
            properties.setProperty("password", settings.password());
        }
        try {
            return DriverManager.getConnection(settings.url(), properties);
        } catch (SQLException e) {
            throw new StoreException(
                    "cannot open database " + JdbcUrl.withoutSecrets(settings.url()) + ": " + advice(e) + " (SQLState "
                            + e.getSQLState() + ": " + e.getMessage() + ")",
                    e);
        }
    }

    static void requireSupportedVersion(Connection connection) throws SQLException {
        DatabaseMetaData facts = connection.getMetaData();
        if (facts.getDatabaseProductName().equals("PostgreSQL")
                && facts.getDatabaseMajorVersion() < OLDEST_POSTGRESQL) {
            throw new StoreException("PostgreSQL " + facts.getDatabaseProductVersion() + " is too old: "
                    + OLDEST_POSTGRESQL + " or newer is needed");
        }
    }

    private static String advice(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("28")) {
            return "user or password refused, check db.user and db.password";
        }
        if (state.equals("3D000")) {
            return "it does not exist, create it with CREATE DATABASE or check db.url";
        }
        if (state.startsWith("08")) {
            return "it cannot be reached, check db.url and that the server runs and accepts connections from here";
        }
        if (state.equals("90020")) {
            return "the file is open in a process that does not share it, end that process";
        }
        if (state.equals("90146")) {
            return "there is no database yet, avatar-monitor migrate or a worker makes it; or check db.url: a relative"
                    + " path starts in the working directory";
        }
        return "check db.url";
    }
}
