package avatarmonitor.store;

import avatarmonitor.store.sql.Jdbc;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access control of an embedded database. Its server for other local processes accepts connections from every user of
 * the machine, so only the password protects it; and an administrator of H2 can run any Java code in the process that
 * has the file open. Unless {@code db.user} and {@code db.password} are set there are two users, with random passwords
 * in files beside the database ({@link H2Login}): an administrator for migrations, and a user that reads and writes
 * rows, for all other work.
 *
 * <p>A database of an older version, whose administrator has an empty password, gets one when a worker starts or {@code
 * migrate} runs. The password file is written before the database is changed: if a process dies in between, the next
 * one finds the password refused and sets it.
 */
final class H2Access {
    private static final Logger log = LoggerFactory.getLogger(H2Access.class);

    private H2Access() {}

    /**
     * The first connection, and the settings for further ones.
     *
     * @param administrator for migrations, and to close the database
     * @param work for everything else; same as the administrator's where {@code db.user} is set
     */
    record Opened(Connection first, ConnectionSettings administrator, ConnectionSettings work) {}

    /**
     * Returns the path of a database whose users this class manages; empty when {@code db.user} or {@code db.password}
     * is set.
     */
    static Optional<Path> managed(ConnectionSettings given) {
        boolean usual = given.password().isEmpty() && given.user().equalsIgnoreCase(H2Login.Role.ADMINISTRATOR.user());
        return usual && !H2Connection.isEncrypted(given.url()) ? H2File.path(given.url()) : Optional.empty();
    }

    /**
     * Opens the database. If it is writable, creates it when missing, and restricts it to its owner.
     *
     * @param given settings of the configuration; {@link ConnectionSettings#writable} determines whether anything
     *     may be changed
     * @throws StoreException when it cannot be opened; the message says what to do
     */
    static Opened open(ConnectionSettings given) {
        FirstConnection.requireNoObstacle(given);
        Optional<Path> managed = managed(given);
        if (managed.isEmpty()) {
            H2File.path(given.url()).filter(path -> given.writable()).ifPresent(path -> new H2Folder(path).prepare());
            return new Opened(FirstConnection.open(given), given, given);
        }
        Path database = managed.get();
        if (given.writable()) {
            new H2Folder(database).prepare();
        }
        Optional<H2Login> login = given.writable()
                ? Optional.of(H2Login.readOrCreate(database, H2Login.Role.ADMINISTRATOR))
                : H2Login.read(database, H2Login.Role.ADMINISTRATOR);
        if (login.isEmpty()) {
            // Database of an older version: a command that only reads changes nothing.
            return new Opened(FirstConnection.open(given), given, given);
        }
        return open(given, database, login.get());
    }

    /** The first connection, and the login with which it was opened. */
    private record First(Connection connection, ConnectionSettings settings) {}

    private static Opened open(ConnectionSettings given, Path database, H2Login login) {
        First first = first(given, database, given.as(login));
        ConnectionSettings administrator = first.settings();
        if (administrator.equals(given)) {
            return new Opened(first.connection(), given, given);
        }
        try {
            Optional<H2Login> work = given.writable()
                    ? Optional.of(H2Login.readOrCreate(database, H2Login.Role.WORK))
                    : H2Login.read(database, H2Login.Role.WORK);
            ConnectionSettings worker = work.map(administrator::openedByThis).orElse(administrator);
            if (given.writable()) {
                requireWorker(first.connection(), worker);
            }
            boolean works = work.isPresent() && connects(worker);
            return new Opened(first.connection(), administrator, works ? worker : administrator);
        } catch (SQLException e) {
            ConnectionSource.close(first.connection(), e);
            throw new StoreException(e);
        } catch (RuntimeException e) {
            ConnectionSource.close(first.connection(), e);
            throw e;
        }
    }

    /** Connects as the administrator; sets the password of the file when the database has none yet. */
    private static First first(ConnectionSettings given, Path database, ConnectionSettings administrator) {
        try {
            return new First(FirstConnection.open(administrator), administrator);
        } catch (StoreException refused) {
            if (!isRefusedLogin(refused)) {
                throw refused;
            }
        }
        Connection open = withoutPassword(given, database);
        if (!given.writable()) {
            return new First(open, given);
        }
        try {
            setPassword(open, administrator);
            log.warn(
                    "embedded database had no password and got one: other local users could read it, and run code as this user;"
                            + " change the keys that this worker knows if there are such users file={}",
                    H2Login.Role.ADMINISTRATOR.file(database));
            return new First(open, administrator);
        } catch (SQLException e) {
            ConnectionSource.close(open, e);
            throw new StoreException(e);
        }
    }

    private static Connection withoutPassword(ConnectionSettings given, Path database) {
        try {
            return FirstConnection.open(given);
        } catch (StoreException e) {
            if (!isRefusedLogin(e)) {
                throw e;
            }
            Path file = H2Login.Role.ADMINISTRATOR.file(database);
            throw StoreException.misconfigured("the embedded database takes neither the password in " + file
                    + " nor an empty one: put back the file that belongs to the database, from the place or backup that the"
                    + " database came from, or set db.user and db.password");
        }
    }

    private static boolean isRefusedLogin(StoreException e) {
        return e.sqlState()
                .filter(state -> state.startsWith(SqlStates.NO_LOGIN))
                .isPresent();
    }

    static boolean connects(ConnectionSettings settings) {
        try (Connection connection = ConnectionSource.connect(settings)) {
            return connection.isValid(0);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Sets the password, which consists of letters and digits only. */
    private static void setPassword(Connection administrator, ConnectionSettings login) throws SQLException {
        Jdbc.execute(administrator, "ALTER USER " + login.user() + " SET PASSWORD '" + login.password() + "'");
    }

    /** Creates the user for daily work, or sets its password or privileges, where one of them is missing. */
    private static void requireWorker(Connection administrator, ConnectionSettings worker) throws SQLException {
        String user = worker.user();
        List<String> missing = schemasWithoutRights(administrator, worker);
        if (missing.isEmpty() && connects(worker)) {
            return;
        }
        Jdbc.execute(administrator, "CREATE USER IF NOT EXISTS " + user + " PASSWORD '" + worker.password() + "'");
        setPassword(administrator, worker);
        Jdbc.execute(administrator, "ALTER USER " + user + " ADMIN FALSE");
        for (String schema : missing) {
            String quoted = "\"" + schema.replace("\"", "\"\"") + "\"";
            Jdbc.execute(administrator, "GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA " + quoted + " TO " + user);
        }
    }

    /** Of the schemas that statements of a session find tables in, those in which the user may not work. */
    private static List<String> schemasWithoutRights(Connection administrator, ConnectionSettings worker)
            throws SQLException {
        Set<String> searched = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        searched.addAll(H2Connection.searchPath(worker.url()));
        searched.add(administrator.getSchema());
        searched.add("PUBLIC");
        String sql = """
                SELECT schema_name FROM information_schema.schemata s
                WHERE NOT EXISTS (
                  SELECT 1 FROM information_schema.rights r
                  WHERE lower(r.grantee) = lower(?) AND r.table_schema = s.schema_name AND r.table_name IS NULL
                    AND r.rights LIKE '%SELECT%' AND r.rights LIKE '%DELETE%'
                    AND r.rights LIKE '%INSERT%' AND r.rights LIKE '%UPDATE%')""";
        List<String> missing = Jdbc.list(administrator, sql, row -> row.getString(1), worker.user());
        missing.removeIf(schema -> !searched.contains(schema));
        return missing;
    }
}
