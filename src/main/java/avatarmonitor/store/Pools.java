package avatarmonitor.store;

import avatarmonitor.store.sql.Dialect;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import org.slf4j.event.Level;

/**
 * The connection pools of one database; every wait for a connection has a timeout. A failure that shows a failover or a
 * closed database makes all pools replace their connections.
 */
final class Pools implements AutoCloseable {
    /** Timeout of a wait for a connection; longer than any lock timeout, so that reaching it means a real problem. */
    static final Duration CONNECTION_WAIT = Duration.ofSeconds(15);

    private static final Duration KEEP_ALIVE = Duration.ofMinutes(2);

    /** Minimum of idle connections; an H2 database closes with its last one. */
    private static final int IDLE_CONNECTIONS = 2;

    private final DatabaseOutage outage;
    private final BrokenConnections broken = new BrokenConnections(this::evictAll, this::reopen);
    private final List<HikariDataSource> pools = new CopyOnWriteArrayList<>();

    /** Settings of the embedded database; closing it once is enough. */
    private final Set<ConnectionSettings> embedded = new CopyOnWriteArraySet<>();

    /** Monotonic time of the last log line about reopening the embedded database; 0 for never. */
    private volatile long reopenLogged;

    Pools(DatabaseOutage outage) {
        this.outage = outage;
    }

    HikariDataSource open(ConnectionSettings settings, String name, int size) {
        return open(settings, name, size, Math.min(IDLE_CONNECTIONS, size));
    }

    /**
     * Like {@link #open(ConnectionSettings, String, int)}.
     *
     * @param idle connections that stay open while idle, and are replaced when they break; a pool that is opening
     *     one cannot be closed before the attempt ends
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
        HikariDataSource pool = start(config);
        pools.add(pool);
        return pool;
    }

    private static HikariDataSource start(HikariConfig config) {
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            // The connection before this one was accepted, this one was not.
            throw StoreException.sqlFailure(e).map(StoreException::new).orElseThrow(() -> e);
        }
    }

    /** Evicts all connections; those in use are closed when they are returned. */
    private void evictAll() {
        for (HikariDataSource pool : pools) {
            HikariPoolMXBean running = pool.getHikariPoolMXBean();
            if (running != null) {
                running.softEvictConnections();
            }
        }
    }

    /** Runs on a separate thread, since the failed one still holds its connection. */
    private void reopen() {
        long now = System.nanoTime();
        boolean due = reopenLogged == 0 || now - reopenLogged >= DatabaseOutage.REMINDER.toNanos();
        if (due) {
            reopenLogged = now;
        }
        Level level = due ? Level.ERROR : Level.DEBUG;
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
        // The main pool, which was opened first, is closed last.
        for (int i = pools.size() - 1; i >= 0; i--) {
            pools.get(i).close();
        }
    }
}
