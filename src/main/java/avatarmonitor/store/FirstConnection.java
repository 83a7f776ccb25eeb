package avatarmonitor.store;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The connection that shows whether the {@code db.*} keys are right, with errors for the one who wrote them. */
final class FirstConnection {
    static final int OLDEST_POSTGRESQL = 15;

    /** H2: asked for a database that must exist already. */
    private static final String NO_FILE = "90146";

    private FirstConnection() {}

    static Connection open(ConnectionSettings settings) {
        if (settings.dialect() == Dialect.H2) {
            if (System.getProperty("h2.bindAddress") == null) {
                // H2 reads it once, when its classes are loaded. Without it the server for other local processes would
                // listen on every address of the machine.
                System.setProperty("h2.bindAddress", "127.0.0.1");
            }
            H2File.obstacle(settings.url()).ifPresent(obstacle -> {
                throw new StoreException("cannot open database " + shown(settings) + ": " + obstacle);
            });
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
            // The advice says it all when there is no file; H2's own words would only repeat it.
            String said = NO_FILE.equals(e.getSQLState())
                    ? ""
                    : " (SQLState " + e.getSQLState() + ": " + e.getMessage() + ")";
            throw new StoreException("cannot open database " + shown(settings) + ": " + advice(e) + said, e);
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

    /** As its author wrote it, more or less: what was added for H2 helps nobody in an error. */
    private static String shown(ConnectionSettings settings) {
        String url = JdbcUrl.withoutSecrets(settings.url());
        return settings.dialect() == Dialect.H2 ? url.split(";", 2)[0].replaceFirst(":async:", ":file:") : url;
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
        if (state.equals(NO_FILE)) {
            return "there is no database yet, avatar-monitor migrate or a worker makes it; or check db.url: a relative"
                    + " path starts in the working directory";
        }
        return "check db.url";
    }
}
