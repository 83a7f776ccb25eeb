package avatarmonitor.schedule.quartz;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Hears of what a node sees of its cluster, in the transaction in which it happens. */
public interface ClusterListener {
    /** A peer is dead, and this number of its firings was released. */
    void workerLost(Connection connection, String instance, int firings) throws SQLException;

    /** The database answers again, after so long. */
    void databaseBack(Connection connection, Duration away) throws SQLException;
}
