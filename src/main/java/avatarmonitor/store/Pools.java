package avatarmonitor.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;

/** Connection pools that always give an answer in bounded time. */
final class Pools {
    /** Longest wait for a connection; more than any wait for a lock, so that a full pool means trouble and not a busy minute. */
    static final Duration CONNECTION_WAIT = Duration.ofSeconds(15);

    private static final Duration KEEP_ALIVE = Duration.ofMinutes(2);

    /** Connections that stay open while there is nothing to do; an H2 database closes with its last one. */
    private static final int IDLE_CONNECTIONS = 2;

    private Pools() {}

    static HikariDataSource open(ConnectionSettings settings, String name, int size) {
        return open(settings, name, size, Math.min(IDLE_CONNECTIONS, size));
    }

    /**
     * As {@link #open(ConnectionSettings, String, int)}.
     *
     * @param idle connections that stay open while there is nothing to do, and are made anew when they break; a pool that makes one cannot be closed
     *     before that has come to an end
     */
    static HikariDataSource open(ConnectionSettings settings, String name, int size, int idle) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(settings.url());
        if (!settings.user().isEmpty()) {
            config.setUsername(settings.user());
        }
        if (!settings.password().isEmpty()) {
            config.setPassword(settings.password());
        }
        settings.driverProperties().forEach(config::addDataSourceProperty);
        config.setConnectionInitSql(settings.sessionSetup());
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(idle);
        config.setConnectionTimeout(CONNECTION_WAIT.toMillis());
        if (settings.dialect() == Dialect.H2) {
            config.setMaxLifetime(0);
        } else {
            config.setKeepaliveTime(KEEP_ALIVE.toMillis());
        }
        return new HikariDataSource(config);
    }
}
