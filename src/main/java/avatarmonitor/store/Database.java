package avatarmonitor.store;

import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.FreshPlan;
import avatarmonitor.store.sql.Jdbc;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One database: its connection pool, and transactions on it. Every failure is a {@link StoreException}. Sessions use
 * UTC and READ COMMITTED; every wait for a connection, a lock or a statement has a timeout.
 */
public final class Database implements AutoCloseable {
    /** Limit of the wait for closing, which takes a few milliseconds while the server answers. */
    private static final Duration CLOSE_WAIT = Duration.ofMillis(500);

    private final ConnectionSettings settings;
    private final Pools pools;
    private final HikariDataSource pool;
    private final DatabaseOutage outage;

    /** Permits for concurrent use of connections. */
    private final Semaphore places;

    private Database(
            ConnectionSettings settings, Pools pools, HikariDataSource pool, DatabaseOutage outage, Semaphore places) {
        this.settings = settings;
        this.pools = pools;
        this.pool = pool;
        this.outage = outage;
        this.places = places;
    }

    /**
     * Returns a view of this database whose users together take at most this many connections, so that the rest stays
     * available to others. Work on the view must not start other work on it.
     */
    public Database share(int connections) {
        return new Database(settings, pools, pool, outage, new Semaphore(connections));
    }

    /**
     * Connects to a database that accepts writes.
     *
     * @throws StoreException when the URL is invalid, or the database is unreachable or refuses the connection:
     *     says what to do
     */
    public static Database open(StoreConfig config) {
        return open(ConnectionSettings.of(config), config.poolSize());
    }

    /**
     * Connects for reading. Never creates a database: a missing H2 file is an error. Accepts a standby.
     *
     * @throws StoreException as {@link #open}, and when there is no database yet
     */
    public static Database openExisting(StoreConfig config) {
        return open(ConnectionSettings.of(config).withoutCreating().readOnlyAccepted(), config.poolSize());
    }

    private static Database open(ConnectionSettings settings, int poolSize) {
        // The first connection is opened without the pool, which would log a stack trace before it fails.
        H2Access.Opened opened = settings.dialect() == Dialect.H2
                ? H2Access.open(settings)
                : new H2Access.Opened(FirstConnection.open(settings), settings, settings);
        try (Connection first = opened.first()) {
            FirstConnection.requireSuitable(first, settings);
            DatabaseOutage outage = new DatabaseOutage(System::nanoTime);
            Pools pools = new Pools(outage);
            return new Database(
                    opened.administrator(),
                    pools,
                    pools.open(opened.work(), "avatar-monitor", poolSize),
                    outage,
                    new Semaphore(Integer.MAX_VALUE));
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /**
     * Opens an additional small pool for statements over many rows that must keep their plan whatever the table
     * statistics are. It is closed with this database.
     *
     * @param size maximum of connections; none is opened before it is needed
     */
    public DataSource planFixedPool(String name, int size) {
        return pools.open(PostgresConnection.withFixedPlans(settings), name, size, 0);
    }

    /**
     * Opens a separate pool for a migration, whose transactions may take longer than those of a worker. The caller
     * closes it.
     *
     * @param size maximum of connections; none is opened before it is needed
     * @param transaction timeout of a statement and of an open transaction, on PostgreSQL
     * @param lock timeout of a wait for a lock, on PostgreSQL
     */
    public HikariDataSource migrationPool(int size, Duration transaction, Duration lock) {
        return new Pools(outage)
                .open(
                        dialect() == Dialect.POSTGRESQL
                                ? PostgresConnection.forMigration(settings, transaction, lock)
                                : settings,
                        "avatar-monitor-migrations",
                        size,
                        0);
    }

    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Publishes metrics of the pool. May be called once. */
    public void meter(Object micrometerRegistry) {
        pool.setMetricRegistry(micrometerRegistry);
    }

    /** Availability of this database; logs once when it is lost and once when it is back. */
    public DatabaseOutage outage() {
        return outage;
    }

    public Dialect dialect() {
        return settings.dialect();
    }

    /** The complete URL without user and password, for a SQL shell. */
    public String url() {
        return settings.url();
    }

    /** Pool for libraries that manage their own transactions. */
    public DataSource pool() {
        return pool;
    }

    /** Runs the work in one READ COMMITTED transaction: committed when it returns, rolled back when it throws. */
    public <T> T inTransaction(Work<T> work) {
        return read(connection -> {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (Throwable e) {
                rollback(connection, e);
                throw e;
            }
        });
    }

    /** Runs one INSERT, UPDATE or DELETE in its own transaction, see {@link Jdbc}; returns the number of its rows. */
    public int update(String sql, @Nullable Object... values) {
        return inTransaction(connection -> Jdbc.update(connection, sql, values));
    }

    /** Runs reads that need no common snapshot; each statement commits separately. */
    public <T> T read(Work<T> work) {
        awaitPlace();
        try (Connection connection = pool.getConnection()) {
            return work.on(connection);
        } catch (SQLException e) {
            throw new StoreException(e);
        } finally {
            places.release();
        }
    }

    /**
     * Runs reads of whole tables in one transaction, with plans whose time grows linearly whatever the table statistics
     * are.
     */
    public <T> T readWhole(Work<T> work) {
        return inTransaction(connection -> {
            FreshPlan.byHash(connection);
            return work.on(connection);
        });
    }

    private void awaitPlace() {
        try {
            if (!places.tryAcquire(Pools.CONNECTION_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StoreException("no connection became free within " + Pools.CONNECTION_WAIT.toSeconds()
                        + " s: the database is slow, or db.pool-size too small");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for a connection", stop);
        }
    }

    /**
     * Closes the pool and, on H2, the file when no other process has it open. Does not wait for a server that does not
     * answer; closing continues in the background. Idempotent.
     */
    @Override
    public void close() {
        if (dialect() == Dialect.H2) {
            pools.close();
            return;
        }
        Thread closing = new Thread(pools::close, "avatar-monitor-closes");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(CLOSE_WAIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    ConnectionSettings settings() {
        return settings;
    }

    /** Rolling back a broken connection fails too; the original failure is the one to report. */
    private static void rollback(Connection connection, Throwable reason) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }
}
