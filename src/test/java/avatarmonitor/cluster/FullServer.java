package avatarmonitor.cluster;

import avatarmonitor.testing.StoppableServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Takes every connection that a server has, so that workers find none until it is closed. */
final class FullServer implements AutoCloseable {
    /** Who fills the server is not thrown out. */
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

    /** Ends the sessions of everybody else and takes their places. */
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
            // There are no more at this moment.
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
