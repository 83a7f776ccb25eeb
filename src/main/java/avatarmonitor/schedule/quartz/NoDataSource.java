package avatarmonitor.schedule.quartz;

import java.sql.Connection;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/**
 * Placeholder connection provider for Quartz, which requires one in its static registry. Entries cannot be removed from
 * it, and Quartz closes its pool when the first scheduler stops; so an empty one is registered for all schedulers of
 * this process, and connections come from {@link StoreConnections} only.
 */
final class NoDataSource implements ConnectionProvider {
    private static final String NAME = "avatar-monitor";

    private NoDataSource() {}

    /** Registers the placeholder and returns its name. */
    static String register() {
        DBConnectionManager registry = DBConnectionManager.getInstance();
        // The registry is a plain HashMap.
        synchronized (registry) {
            registry.addConnectionProvider(NAME, new NoDataSource());
        }
        return NAME;
    }

    @Override
    public Connection getConnection() {
        throw new IllegalStateException("connections come from StoreConnections");
    }

    @Override
    public void shutdown() {}

    @Override
    public void initialize() {}
}
