package avatarmonitor.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import org.slf4j.event.Level;

/**
 * The connection pools of one database, each of which always gives an answer in bounded time. A failure that shows that a server was left
 * behind by a failover, or that the database was closed, makes all of them replace their connections.
 */
final class Pools implements AutoCloseable {
    /** Longest wait for a connection; more than any wait for a lock, so that a full pool means trouble and not a busy minute. */
    static final Duration CONNECTION_WAIT = Duration.ofSeconds(15);

    private static final Duration KEEP_ALIVE = Duration.ofMinutes(2);

    /** Connections that stay open while there is nothing to do; an H2 database closes with its last one. */
    private static final int IDLE_CONNECTIONS = 2;

    private final DatabaseOutage outage;
    private final BrokenConnections broken = new BrokenConnections(this::evictAll, this::reopen);
    private final List<HikariDataSource> pools = new CopyOnWriteArrayList<>();

    /** Of the embedded database; one is enough to close it. */
    private final Set<ConnectionSettings> embedded = new CopyOnWriteArraySet<>();

    /** When the log was told last that the embedded database is opened again; 0 for never. */
    private volatile long reopenTold;

    Pools(DatabaseOutage outage) {
        this.outage = outage;
    }

    HikariDataSource open(ConnectionSettings settings, String name, int size) {
        return open(settings, name, size, Math.min(IDLE_CONNECTIONS, size));
    }

    /**
     * As {@link #open(ConnectionSettings, String, int)}.
     *
     * @param idle connections that stay open while there is nothing to do, and are made anew when they break; a pool that makes one cannot be closed
     *     before that has come to an end
     */
    HikariDataSource open(ConnectionSettings settings, String name, int size, int idle) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(new ConnectionSource(settings, outage));
        config.setExceptionOverride(broken);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(idle);
        config.setConnectionTimeout(CONNECTION_WAIT.toMillis());
        if (settings.dialect() == Dialect.H2) {
            embedded.add(settings.administrator());
            config.setMaxLifetime(0);
        } else {
            config.setKeepaliveTime(KEEP_ALIVE.toMillis());
        }
        HikariDataSource pool = new HikariDataSource(config);
        pools.add(pool);
        return pool;
    }

    /** Connections in use are closed when they are given back. */
    private void evictAll() {
        for (HikariDataSource pool : pools) {
            HikariPoolMXBean running = pool.getHikariPoolMXBean();
            if (running != null) {
                running.softEvictConnections();
            }
        }
    }

    private void reopen() {
        long now = System.nanoTime();
        Level level = Level.DEBUG;
        if (reopenTold == 0 || now - reopenTold >= DatabaseOutage.REMINDER.toNanos()) {
            reopenTold = now;
            level = Level.ERROR;
        }
        reopen(level);
    }

    /** On a thread of its own: the one that failed still holds its connection. */
    private void reopen(Level level) {
        Thread closing = new Thread(
                () -> {
                    for (ConnectionSettings settings : embedded) {
                        EmbeddedRestart.closeAtOnce(settings, level);
                    }
                    evictAll();
                },
                "avatar-monitor-reopens");
        closing.setDaemon(true);
        closing.start();
    }

    @Override
    public void close() {
        // The main pool, which was opened first, goes last.
        for (int i = pools.size() - 1; i >= 0; i--) {
            pools.get(i).close();
        }
    }
}
