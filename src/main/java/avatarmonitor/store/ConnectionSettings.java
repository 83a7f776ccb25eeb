package avatarmonitor.store;

import avatarmonitor.store.sql.Dialect;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connection settings: {@code db.*} completed with all settings that correct operation requires.
 *
 * @param url complete, without user and password
 * @param user empty for none
 * @param password empty for none; never printed
 * @param driverProperties driver settings beside the URL
 * @param sessionSetup statement that every new connection runs
 * @param writable whether a read-only server is rejected, and an embedded database may be created or restricted to
 *     its owner
 * @param opener login that must open an embedded database first, since this user may not change its settings; null
 *     when not needed
 */
record ConnectionSettings(
        Dialect dialect,
        String url,
        String user,
        String password,
        Map<String, String> driverProperties,
        String sessionSetup,
        boolean writable,
        @Nullable ConnectionSettings opener) {

    static ConnectionSettings of(StoreConfig config) {
        if (config.url().startsWith(PostgresConnection.PREFIX)) {
            return PostgresConnection.settings(config);
        }
        if (config.url().startsWith(H2Connection.PREFIX)) {
            return H2Connection.settings(config);
        }
        throw new StoreException("db.url must start with " + PostgresConnection.PREFIX + "// or " + H2Connection.PREFIX
                + "file: but is " + JdbcUrl.withoutSecrets(config.url()));
    }

    /** Same database, without creating a missing one; only H2 would create it. */
    ConnectionSettings withoutCreating() {
        String existing = dialect == Dialect.H2 ? H2Connection.withoutCreating(url) : url;
        return new ConnectionSettings(
                dialect, existing, user, password, driverProperties, sessionSetup, writable, opener);
    }

    /** Same database, for readers: it may be a standby or otherwise read-only. */
    ConnectionSettings readOnlyAccepted() {
        return new ConnectionSettings(dialect, url, user, password, driverProperties, sessionSetup, false, opener);
    }

    /** Same database with changed driver settings. */
    ConnectionSettings withDriver(Consumer<Map<String, String>> change) {
        Map<String, String> driver = new LinkedHashMap<>(driverProperties);
        change.accept(driver);
        return new ConnectionSettings(dialect, url, user, password, driver, sessionSetup, writable, opener);
    }

    ConnectionSettings withSessionSetup(String statement) {
        return new ConnectionSettings(dialect, url, user, password, driverProperties, statement, writable, opener);
    }

    /** Same database with another user of an embedded database. */
    ConnectionSettings as(H2Login login) {
        return new ConnectionSettings(
                dialect, url, login.user(), login.password(), driverProperties, sessionSetup, writable, null);
    }

    /**
     * Settings for a user without administrator rights; this administrator opens the embedded database for each
     * connection.
     */
    ConnectionSettings openedByThis(H2Login login) {
        return new ConnectionSettings(
                dialect,
                H2Connection.withoutAdministration(url),
                login.user(),
                login.password(),
                driverProperties,
                sessionSetup,
                writable,
                this);
    }

    /** Login that may close the embedded database. */
    ConnectionSettings administrator() {
        return opener == null ? this : opener;
    }

    /** Returns the key when it is not empty, otherwise the value in the URL. */
    static String firstGiven(String key, String inUrl) {
        return key.isEmpty() ? inUrl : key;
    }

    @Override
    public String toString() {
        return "ConnectionSettings[url=" + url + ", user=" + user + ", password=***]";
    }
}
