package avatarmonitor.app;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Probes whether a worker can write: takes the locks that every check takes, writes one row of its own, and reads the
 * delay of the oldest due check. Each step waits at most {@link #STEP_MAX}.
 */
final class DatabaseProbe {
    /** Half of a supervisor's usual timeout, so that a locked table is reported in time. */
    static final Duration STEP_MAX = Duration.ofSeconds(1);

    /** Tables that every check writes, each with a statement that changes nothing and takes the lock of a write. */
    private static final List<Step> WRITES = List.of(
            new Step("qrtz_triggers", "UPDATE qrtz_triggers SET trigger_state = trigger_state WHERE 1 = 0"),
            new Step("avatars", "UPDATE avatars SET status = status WHERE 1 = 0"),
            new Step("avatar_monitoring", "UPDATE avatar_monitoring SET checks = checks WHERE 1 = 0"));

    /** SQLStates of a lock timeout and of a cancelled statement: PostgreSQL's, then H2's. */
    private static final Set<String> LOCKED = Set.of("55P03", "57014", "HYT00", "HYT01");

    private static final Set<String> READ_ONLY = Set.of("25006", "90097");
    private static final Set<String> DISK_FULL = Set.of("53100", "90031");

    private final Database database;
    private final String worker;

    private record Step(String table, String statement) {}

    /**
     * State of this worker as seen in the database.
     *
     * @param checksIn whether its check-ins are visible to the others
     * @param dueFor delay of the oldest check; zero when none is overdue
     */
    record ProbeResult(boolean checksIn, Duration dueFor) {}

    DatabaseProbe(Database database, String worker) {
        this.database = database;
        this.worker = worker;
    }

    /** Returns why nothing can be written now; empty when it can. */
    Optional<String> trouble() {
        String table = "";
        try {
            for (Step step : WRITES) {
                table = step.table();
                int unused = write(step.statement());
            }
            table = "avatar_monitor_worker_status";
            int unused = write("UPDATE avatar_monitor_worker_status SET at = at WHERE instance = ?", worker);
            return Optional.empty();
        } catch (StoreException e) {
            return Optional.of(words(e, table));
        }
    }

    private int write(String statement, Object... values) {
        return database.inTransaction(connection -> {
            limit(connection);
            return database.dialect() == Dialect.H2
                    ? Jdbc.updateWithin(STEP_MAX, connection, statement, values)
                    : Jdbc.update(connection, statement, values);
        });
    }

    private void limit(Connection connection) throws SQLException {
        if (database.dialect() == Dialect.POSTGRESQL) {
            boolean unused = Jdbc.exists(
                    connection, "SELECT set_config('lock_timeout', ?, true)", String.valueOf(STEP_MAX.toMillis()));
        }
    }

    private static String words(StoreException e, String table) {
        String state = e.sqlState().orElse("");
        if (LOCKED.contains(state)) {
            return "the table " + table + " is locked";
        } else if (READ_ONLY.contains(state)) {
            return "the database is read-only";
        } else if (DISK_FULL.contains(state)) {
            return "the disk of the database is full";
        } else if (state.equals("42501")) {
            return "the database user may not write " + table;
        } else if (state.startsWith("42")) {
            return "the table " + table + " is missing or another one";
        }
        return "the database does not answer";
    }

    /**
     * Reads the current state.
     *
     * @throws StoreException when the database does not answer
     */
    ProbeResult probe(Instant now) {
        return database.read(connection -> new ProbeResult(checksIn(connection), dueFor(connection, now)));
    }

    /**
     * Returns the delay of the oldest check whose trigger is not locked; zero when none is late. A locked trigger
     * cannot be fired by any worker.
     *
     * @throws StoreException when the database does not answer
     */
    Duration checkDueFor(Instant now) {
        String sql = """
                SELECT next_fire_time FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_group = 'avatar' AND trigger_state = 'WAITING' AND next_fire_time > 0
                ORDER BY next_fire_time LIMIT 1
                FOR %s SKIP LOCKED""".formatted(database.dialect() == Dialect.POSTGRESQL ? "SHARE" : "UPDATE");
        return database.inTransaction(connection -> {
            limit(connection);
            return late(connection, sql, now);
        });
    }

    private boolean checksIn(Connection connection) throws SQLException {
        return Jdbc.first(
                        connection,
                        "SELECT alive FROM v_workers WHERE instance = ?",
                        row -> row.getBoolean("alive"),
                        worker)
                .orElse(false);
    }

    private static Duration dueFor(Connection connection, Instant now) throws SQLException {
        return late(connection, """
                SELECT next_fire_time FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_state = 'WAITING' AND next_fire_time > 0
                ORDER BY next_fire_time LIMIT 1""", now);
    }

    private static Duration late(Connection connection, String sql, Instant now) throws SQLException {
        Duration due = Jdbc.first(connection, sql, row -> Duration.between(Instant.ofEpochMilli(row.getLong(1)), now))
                .orElse(Duration.ZERO);
        return due.isNegative() ? Duration.ZERO : due;
    }
}
