package avatarmonitor.bench;

import avatarmonitor.schedule.BenchNode;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The product's job store under a real Quartz scheduler, wired as in a worker. */
final class OwnStore implements Contestant {
    private static final int CONCURRENCY = 20;
    private static final int POOL_SIZE = CONCURRENCY + 6;

    private final Database database;
    private @Nullable Fires fires;
    private @Nullable BenchNode node;

    OwnStore(String url) {
        database = Database.open(new StoreConfig(url, "", "", POOL_SIZE));
    }

    @Override
    public String settings() {
        return "worker.concurrency " + CONCURRENCY + ", db.pool-size " + POOL_SIZE + ", all else as in a worker";
    }

    @Override
    public void prepare(Connection connection) {}

    @Override
    public void plant(Connection connection, int count, Instant due, long spreadMillis) throws SQLException {
        QuartzRows.plant(connection, count, due, spreadMillis);
    }

    @Override
    public void store(List<String> names, List<Instant> due) throws Exception {
        node().store(names, due);
    }

    /** Like a reconcile. */
    @Override
    public int storedAtOnce() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void start(Fires told) throws Exception {
        fires = told;
        node().start();
    }

    private BenchNode node() throws Exception {
        if (node == null) {
            node = new BenchNode(
                    database,
                    CONCURRENCY,
                    (bundle, scheduler) -> context -> Objects.requireNonNull(fires)
                            .fired(
                                    context.getTrigger().getKey().getName(),
                                    context.getScheduledFireTime().toInstant().toEpochMilli()));
        }
        return node;
    }

    @Override
    public void stop() throws Exception {
        if (node != null) {
            node.stop();
        }
        database.close();
    }

    @Override
    public long unfinished(Connection connection) throws SQLException {
        return QuartzRows.unfinished(connection);
    }

    @Override
    public long counted(Connection connection) throws SQLException {
        return QuartzRows.counted(connection);
    }
}
