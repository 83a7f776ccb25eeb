package avatarmonitor.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * A connection of its own that hears PostgreSQL's notifications ({@code LISTEN}). It is beside the pools, for one thread; a server or network
 * that no longer answers is noticed by {@link #ping} within {@link #ANSWER_MAX}.
 */
public final class Notifications implements AutoCloseable {
    /** Told by applications: the payload is the id of an avatar whose training has begun. */
    public static final String TRAINING = "avatar_training";

    /** Among our own processes and functions: {@link #REQUESTS} or {@link #DUE}. */
    public static final String INTERNAL = "avatar_monitor";

    /** There are new rows in {@code avatar_monitor_request}. */
    public static final String REQUESTS = "requests";

    /** A trigger was stored that is due now. */
    public static final String DUE = "due";

    /** The server answers a ping in milliseconds; one that takes longer is gone. */
    static final Duration ANSWER_MAX = Duration.ofSeconds(3);

    private final Connection connection;
    private final PGConnection server;

    /** What was heard; the payload is whatever the sender wrote, up to 8000 bytes. */
    public record Heard(String channel, String payload) {}

    private Notifications(Connection connection) throws SQLException {
        this.connection = connection;
        this.server = connection.unwrap(PGConnection.class);
    }

    /**
     * Connects, listens and has a notification of its own come back.
     *
     * @throws StoreException when the database cannot be reached, and when what is sent does not arrive: the way to it passes no notifications on
     */
    public static Notifications open(Database database) {
        ConnectionSettings settings = database.settings();
        Map<String, String> driver = new LinkedHashMap<>(settings.driverProperties());
        driver.computeIfPresent("socketTimeout", (key, value) -> Long.toString(ANSWER_MAX.toSeconds()));
        ConnectionSettings own = new ConnectionSettings(
                settings.dialect(),
                settings.url(),
                settings.user(),
                settings.password(),
                driver,
                settings.sessionSetup(),
                settings.writable());
        try {
            Notifications opened = new Notifications(new ConnectionSource(own, database.outage()).getConnection());
            try {
                opened.listen();
                return opened;
            } catch (SQLException | RuntimeException e) {
                opened.abort();
                throw e;
            }
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    private void listen() throws SQLException {
        connection.setNetworkTimeout(Runnable::run, (int) ANSWER_MAX.toMillis());
        String own = INTERNAL + "_" + UUID.randomUUID().toString().replace("-", "");
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + TRAINING);
            statement.execute("LISTEN " + INTERNAL);
            statement.execute("LISTEN " + own);
        }
        send(connection, own, "");
        // Whatever else comes before it need not be kept: nobody relies on this connection yet.
        long began = System.nanoTime();
        boolean arrived = false;
        while (!arrived && System.nanoTime() - began < ANSWER_MAX.toNanos()) {
            arrived = await(ANSWER_MAX).stream().anyMatch(one -> one.channel().equals(own));
        }
        if (!arrived) {
            throw new StoreException(
                    "notifications do not arrive: LISTEN was accepted, but what was sent did not come back; is a connection"
                            + " pooler in the way?");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("UNLISTEN " + own);
        }
    }

    /** Sends one, in the transaction of the connection; all who listen get it when that commits. PostgreSQL only. */
    public static void send(Connection connection, String channel, String payload) throws SQLException {
        try (PreparedStatement notify = connection.prepareStatement("SELECT pg_notify(?, ?)")) {
            notify.setString(1, channel);
            notify.setString(2, payload);
            notify.execute();
        }
    }

    /**
     * Waits for notifications.
     *
     * @return all that have arrived; empty when none did in this time
     * @throws StoreException when the connection broke
     */
    public List<Heard> hear(Duration timeout) {
        try {
            return await(timeout);
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    private List<Heard> await(Duration timeout) throws SQLException {
        PGNotification[] arrived = server.getNotifications((int) timeout.toMillis());
        List<Heard> heard = new ArrayList<>();
        for (PGNotification one : arrived == null ? new PGNotification[0] : arrived) {
            heard.add(new Heard(one.getName(), one.getParameter()));
        }
        return heard;
    }

    /**
     * Asks the server for an answer.
     *
     * @throws StoreException when none came within {@link #ANSWER_MAX}
     */
    public void ping() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /** Without a word to the server, which may not answer. */
    private void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is of no use any more either way.
        }
    }

    @Override
    public void close() {
        abort();
    }
}
