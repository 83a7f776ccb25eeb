package avatarmonitor.store;

import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Connection that receives PostgreSQL's notifications ({@code LISTEN}), outside the pools. For one thread. {@link
 * #ping} detects within {@link #ANSWER_MAX} that the server or network no longer answers.
 */
public final class Notifications implements AutoCloseable {
    /** Channel for applications; the payload is the id of an avatar whose training has started. */
    public static final String TRAINING = "avatar_training";

    /** Channel among our own processes and functions; the payload is {@link #REQUESTS} or {@link #DUE}. */
    public static final String INTERNAL = "avatar_monitor";

    /** New rows in {@code avatar_monitor_request}. */
    public static final String REQUESTS = "requests";

    /** A trigger was stored that is due now. */
    public static final String DUE = "due";

    /** Timeout of the server's answer; it usually answers a ping in milliseconds. */
    static final Duration ANSWER_MAX = Duration.ofSeconds(3);

    private final Connection connection;
    private final PGConnection server;

    /** A received notification. Its payload is any text of the sender, up to 8000 bytes. */
    public record Heard(String channel, String payload) {}

    private Notifications(Connection connection) throws SQLException {
        this.connection = connection;
        this.server = connection.unwrap(PGConnection.class);
    }

    /**
     * Connects, listens, and tests with a notification to itself that notifications arrive.
     *
     * @throws StoreException when the database cannot be reached, or the test notification does not arrive, for
     *     example because a pooler does not forward it
     */
    public static Notifications open(Database database) {
        ConnectionSettings own = database.settings()
                .withDriver(driver -> driver.computeIfPresent(
                        "socketTimeout", (key, value) -> Long.toString(ANSWER_MAX.toSeconds())));
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
        Jdbc.execute(connection, "LISTEN " + TRAINING + "; LISTEN " + INTERNAL + "; LISTEN " + own);
        send(connection, own, "");
        // Notifications before it can be dropped: the caller sweeps after each connect.
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
        Jdbc.execute(connection, "UNLISTEN " + own);
    }

    /**
     * Sends a notification in the transaction of the connection; all listeners receive it when that commits. PostgreSQL
     * only.
     */
    public static void send(Connection connection, String channel, String payload) throws SQLException {
        boolean unused = Jdbc.exists(connection, "SELECT pg_notify(?, ?)", channel, payload);
    }

    /**
     * Waits for notifications.
     *
     * @return all that have arrived; empty after the timeout
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
     * Tests the connection.
     *
     * @throws StoreException when no answer came within {@link #ANSWER_MAX}
     */
    public void ping() {
        try {
            Jdbc.execute(connection, "SELECT 1");
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /** Closes the connection without sending anything to the server, which may not answer. */
    private void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // The connection is discarded in any case.
        }
    }

    @Override
    public void close() {
        abort();
    }
}
