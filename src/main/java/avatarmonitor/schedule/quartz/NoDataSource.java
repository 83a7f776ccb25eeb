package avatarmonitor.schedule.quartz;

import java.sql.Connection;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/**
 * What Quartz finds under the name of our data source. It insists on one in its static registry, from which nothing can be removed
 * and whose pool it closes when the first scheduler stops; so what is registered there is empty, once for all
 * schedulers of this process, and connections come from {@link StoreConnections} alone.
 */
final class NoDataSource implements ConnectionProvider {
    private static final String NAME = "avatar-monitor";

    private NoDataSource() {}

    /** The name that Quartz knows it by. */
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
