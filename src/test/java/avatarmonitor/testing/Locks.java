package avatarmonitor.testing;

import static org.awaitility.Awaitility.await;

import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Dialect;
import java.time.Duration;

/** Lock waits of sessions. */
public final class Locks {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private Locks() {}

    /** Returns once a session of this database waits for a lock that another one holds. */
    public static void awaitWaiting(Database database) {
        String waiting = database.dialect() == Dialect.POSTGRESQL
                ? "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
                : "SELECT session_id FROM information_schema.sessions WHERE blocker_id IS NOT NULL";
        await().atMost(TIMEOUT).until(() -> !Sql.rows(database, waiting).isEmpty());
    }
}
