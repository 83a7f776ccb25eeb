package avatarmonitor.store;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to connect: {@code db.*} completed by everything that correct work needs.
 *
 * @param url complete, free of user and password
 * @param user empty for none
 * @param password empty for none; never prints
 * @param driverProperties what the driver takes beside the URL
 * @param sessionSetup statement that every new connection runs
 * @param writable whether a server that takes no writes is refused, and an embedded database may be made or closed to other users
 * @param opener the login that has to open an embedded database first, since this user may not set how it works; null when none has to
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

    ConnectionSettings(
            Dialect dialect,
            String url,
            String user,
            String password,
            Map<String, String> driverProperties,
            String sessionSetup,
            boolean writable) {
        this(dialect, url, user, password, driverProperties, sessionSetup, writable, null);
    }

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

    /** The same database, if there is one; only H2 would make it. */
    ConnectionSettings withoutCreating() {
        return dialect == Dialect.H2
                ? new ConnectionSettings(
                        dialect,
                        H2Connection.withoutCreating(url),
                        user,
                        password,
                        driverProperties,
                        sessionSetup,
                        writable)
                : this;
    }

    /** The same database, which may be a standby or otherwise read-only. For those who only look. */
    ConnectionSettings readOnlyAccepted() {
        return new ConnectionSettings(dialect, url, user, password, driverProperties, sessionSetup, false);
    }

    ConnectionSettings withSessionSetup(String statement) {
        return new ConnectionSettings(dialect, url, user, password, driverProperties, statement, writable);
    }

    /** As another user of the embedded database. */
    ConnectionSettings as(H2Login login) {
        return new ConnectionSettings(
                dialect, url, login.user(), login.password(), driverProperties, sessionSetup, writable, null);
    }

    /** For a user without the rights of this administrator, who opens the embedded database for each connection. */
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

    /** Who may close the embedded database. */
    ConnectionSettings administrator() {
        return opener == null ? this : opener;
    }

    /** The first of two ways to name the user: a non-empty key wins over the URL. */
    static String firstGiven(String key, String inUrl) {
        return key.isEmpty() ? inUrl : key;
    }

    @Override
    public String toString() {
        return "ConnectionSettings[url=" + url + ", user=" + user + ", password=***]";
    }
}
