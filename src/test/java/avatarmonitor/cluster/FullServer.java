package avatarmonitor.cluster;

import avatarmonitor.testing.StoppableServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Takes all connections of a server, so that workers get none until it is closed. */
final class FullServer implements AutoCloseable {
    /** Application name of these connections, which are not terminated. */
    private static final String NAME = "fills-the-server";

    private final String url;
    private final List<Connection> taken = new ArrayList<>();

    private FullServer(String url) {
        this.url = url;
    }

    static FullServer fill(StoppableServer server) {
        FullServer full = new FullServer("jdbc:postgresql://127.0.0.1:" + server.port()
                + "/postgres?user=postgres&connectTimeout=5&ApplicationName=" + NAME);
        full.takeAll();
        return full;
    }

    /** Terminates all other sessions and takes their connections. */
    void throwOut() {
        try (Statement statement = taken.get(0).createStatement()) {
            statement.execute("""
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name <> '%s' AND backend_type = 'client backend'""".formatted(NAME));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        takeAll();
    }

    private void takeAll() {
        try {
            while (taken.size() < StoppableServer.CONNECTIONS_MAX) {
                taken.add(DriverManager.getConnection(url));
            }
        } catch (SQLException full) {
            // No more connections at this moment.
        }
    }

    @Override
    public void close() {
        for (Connection connection : taken) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
