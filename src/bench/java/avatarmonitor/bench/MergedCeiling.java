package avatarmonitor.bench;

import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Upper bound of the database with such rows: the statements of a set-based store by plain JDBC on two connections,
 * without any scheduler. Each batch locks due triggers, writes their next times, their counts and the rows of the fires
 * in one statement, commits, runs nothing, and deletes the rows of the fires again.
 */
final class MergedCeiling implements Contestant {
    private static final int CONNECTIONS = 2;
    private static final int BATCH = 1000;
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /**
     * All rows are found by ctid or key; PostgreSQL's other plans read more, and compiling costs more than it saves.
     */
    private static final String SESSION = """
            SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET jit = off;
            SET plan_cache_mode = force_custom_plan""";

    private static final String LOCK = """
            SELECT t.ctid, s.ctid, t.trigger_name, t.next_fire_time
            FROM qrtz_triggers t
            JOIN qrtz_simple_triggers s USING (sched_name, trigger_name, trigger_group)
            WHERE t.sched_name = 'avatar-monitor' AND t.trigger_state = 'WAITING' AND t.next_fire_time <= ?
              AND t.trigger_type = 'SIMPLE'
            ORDER BY t.next_fire_time
            LIMIT %d
            FOR NO KEY UPDATE OF t SKIP LOCKED""".formatted(BATCH);

    private static final String FIRE = """
            WITH given AS (
              SELECT * FROM unnest(CAST(? AS text[])::tid[], CAST(? AS text[])::tid[], CAST(? AS text[]), CAST(? AS bigint[]),
                                   CAST(? AS text[])) AS g (trigger_place, simple_place, name, due, entry)),
            moved AS (
              UPDATE qrtz_triggers t SET next_fire_time = g.due + 60000, prev_fire_time = g.due
              FROM given g WHERE t.ctid = g.trigger_place),
            counted AS (
              UPDATE qrtz_simple_triggers s SET times_triggered = s.times_triggered + 1
              FROM given g WHERE s.ctid = g.simple_place)
            INSERT INTO qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time, sched_time,
                                             priority, state, job_name, job_group, is_nonconcurrent, requests_recovery)
            SELECT 'avatar-monitor', entry, name, 'avatar', 'ceiling', ?, due, 5, 'EXECUTING', 'status-check', 'avatar', false, false
            FROM given
            RETURNING ctid""";

    private static final String DONE = """
            DELETE FROM qrtz_fired_triggers WHERE ctid = ANY (CAST(? AS text[])::tid[])""";

    private final String url;
    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    private final List<Future<?>> loops = new ArrayList<>();
    private volatile boolean stopped;

    MergedCeiling(String url) {
        this.url = url;
    }

    @Override
    public String settings() {
        return CONNECTIONS + " connections, batches of " + BATCH
                + ", nested loops only, custom plans, no scheduler; tables as migrated";
    }

    @Override
    public void prepare(Connection connection) {}

    @Override
    public void plant(Connection connection, int count, Instant due, long spreadMillis) throws SQLException {
        QuartzRows.plant(connection, count, due, spreadMillis);
    }

    @Override
    public void store(List<String> names, List<Instant> due) {
        throw new UnsupportedOperationException("only fires");
    }

    @Override
    public int storedAtOnce() {
        throw new UnsupportedOperationException("only fires");
    }

    @Override
    public void start(Fires fires) {
        for (int i = 0; i < CONNECTIONS; i++) {
            String prefix = "ceiling-" + ProcessHandle.current().pid() + "-" + i + "-";
            loops.add(threads.submit(() -> {
                loop(fires, prefix);
                return true;
            }));
        }
    }

    private void loop(Fires fires, String prefix) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement session = connection.createStatement()) {
            session.execute(SESSION);
            connection.setAutoCommit(false);
            try (PreparedStatement lock = connection.prepareStatement(LOCK);
                    PreparedStatement fire = connection.prepareStatement(FIRE);
                    PreparedStatement done = connection.prepareStatement(DONE)) {
                long number = 0;
                while (!stopped) {
                    Batch batch = due(lock);
                    if (batch.names.isEmpty()) {
                        connection.commit();
                        LockSupport.parkNanos(IDLE_NANOS);
                        continue;
                    }
                    for (int i = 0; i < batch.names.size(); i++) {
                        batch.entries.add(prefix + number++);
                    }
                    List<String> places = write(connection, fire, batch);
                    connection.commit();
                    for (int i = 0; i < batch.names.size(); i++) {
                        fires.fired(batch.names.get(i), batch.due.get(i));
                    }
                    done.setArray(1, texts(connection, places));
                    done.executeUpdate();
                    connection.commit();
                }
            }
        }
    }

    private static final class Batch {
        final List<String> triggerPlaces = new ArrayList<>();
        final List<String> simplePlaces = new ArrayList<>();
        final List<String> names = new ArrayList<>();
        final List<Long> due = new ArrayList<>();
        final List<String> entries = new ArrayList<>();
    }

    private static Batch due(PreparedStatement lock) throws SQLException {
        Batch batch = new Batch();
        lock.setLong(1, System.currentTimeMillis());
        try (ResultSet rows = lock.executeQuery()) {
            while (rows.next()) {
                batch.triggerPlaces.add(rows.getString(1));
                batch.simplePlaces.add(rows.getString(2));
                batch.names.add(rows.getString(3));
                batch.due.add(rows.getLong(4));
            }
        }
        return batch;
    }

    private static List<String> write(Connection connection, PreparedStatement fire, Batch batch) throws SQLException {
        fire.setArray(1, texts(connection, batch.triggerPlaces));
        fire.setArray(2, texts(connection, batch.simplePlaces));
        fire.setArray(3, texts(connection, batch.names));
        fire.setArray(4, connection.createArrayOf("bigint", batch.due.toArray()));
        fire.setArray(5, texts(connection, batch.entries));
        fire.setLong(6, System.currentTimeMillis());
        List<String> places = new ArrayList<>();
        try (ResultSet rows = fire.executeQuery()) {
            while (rows.next()) {
                places.add(rows.getString(1));
            }
        }
        if (places.size() != batch.names.size()) {
            throw new IllegalStateException("fired " + places.size() + " of " + batch.names.size());
        }
        return places;
    }

    private static Array texts(Connection connection, List<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }

    @Override
    public void stop() throws Exception {
        stopped = true;
        threads.shutdown();
        for (Future<?> loop : loops) {
            loop.get();
        }
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
