package avatarmonitor.schedule.quartz;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Listener for cluster events seen by a node, called in the transaction in which they happen. */
public interface ClusterListener {
    /** A peer is dead, and this number of its firings was released. */
    void workerLost(Connection connection, String instance, int firings) throws SQLException;

    /** The database answers again, after an outage of this length. */
    void databaseBack(Connection connection, Duration away) throws SQLException;
}
