package avatarmonitor.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.CompletionHandler.OnCompleteReschedule;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** db-scheduler: lock-and-fetch, one task that is rescheduled 60 s after each run. */
final class DbScheduler implements Contestant {
    private static final double FETCH_BELOW = 1.0;
    private static final Duration POLLING = Duration.ofMillis(50);
    private static final String TASK = "check";

    private final int threads;
    private final int fetched;
    private final HikariDataSource pool;
    private final OnCompleteReschedule<Void> again = new OnCompleteReschedule<>(FixedDelay.of(Duration.ofSeconds(60)));
    private @Nullable Fires fires;
    private @Nullable Scheduler scheduler;

    DbScheduler(String url, Tuning tuning) {
        threads = tuning.threads().orElse(30);
        fetched = tuning.batch().orElse(2_000);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(threads + 5);
        pool = new HikariDataSource(config);
    }

    @Override
    public String settings() {
        return "lock-and-fetch, " + threads + " threads, fetches when below " + FETCH_BELOW + " × threads up to "
                + fetched
                + ", polls every " + POLLING.toMillis()
                + " ms, UTC times, HikariCP, tables as documented without the index for priorities, which it does not use";
    }

    @Override
    public void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS scheduled_tasks (
                      task_name text NOT NULL,
                      task_instance text NOT NULL,
                      task_data bytea,
                      execution_time timestamp with time zone,
                      picked boolean NOT NULL,
                      picked_by text,
                      last_success timestamp with time zone,
                      last_failure timestamp with time zone,
                      consecutive_failures int,
                      last_heartbeat timestamp with time zone,
                      version bigint NOT NULL,
                      priority smallint,
                      state text,
                      PRIMARY KEY (task_name, task_instance))""");
            statement.execute("CREATE INDEX IF NOT EXISTS execution_time_idx ON scheduled_tasks (execution_time)");
            statement.execute("CREATE INDEX IF NOT EXISTS last_heartbeat_idx ON scheduled_tasks (last_heartbeat)");
        }
    }

    @Override
    public void plant(Connection connection, int count, Instant due, long spreadMillis) throws SQLException {
        String offset = spreadMillis == 0 ? "0" : String.format(Locale.ROOT, Names.SQL_OFFSET, spreadMillis);
        try (Statement statement = connection.createStatement()) {
            statement.execute(String.format(Locale.ROOT, """
                    INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                    SELECT '%s', %s, to_timestamp((%d + %s) / 1000.0), false, 1 FROM generate_series(1, %d) n
                    """, TASK, Names.SQL, due.toEpochMilli(), offset, count));
            statement.execute("VACUUM ANALYZE scheduled_tasks");
        }
    }

    @Override
    public void store(List<String> names, List<Instant> due) {
        List<SchedulableInstance<?>> instances = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            instances.add(SchedulableInstance.of(new TaskInstance<>(TASK, names.get(i)), due.get(i)));
        }
        scheduler().scheduleBatch(instances);
    }

    @Override
    public int storedAtOnce() {
        return 10_000;
    }

    @Override
    public void start(Fires told) {
        fires = told;
        scheduler().start();
    }

    private Scheduler scheduler() {
        if (scheduler == null) {
            CustomTask<Void> task = Tasks.custom(TASK, Void.class).execute((instance, context) -> {
                Objects.requireNonNull(fires)
                        .fired(
                                instance.getId(),
                                context.getExecution().executionTime.toEpochMilli());
                return again;
            });
            scheduler = Scheduler.create(pool, task)
                    .threads(threads)
                    .pollUsingLockAndFetch(FETCH_BELOW, (double) fetched / threads)
                    .pollingInterval(POLLING)
                    .alwaysPersistTimestampInUTC()
                    .build();
        }
        return scheduler;
    }

    @Override
    public void stop() {
        if (scheduler != null) {
            scheduler.stop();
        }
        pool.close();
    }

    @Override
    public long unfinished(Connection connection) throws SQLException {
        return QuartzRows.number(connection, "SELECT count(*) FROM scheduled_tasks WHERE picked");
    }

    /** The version is incremented once when it is picked and once when it is rescheduled. */
    @Override
    public long counted(Connection connection) throws SQLException {
        return QuartzRows.number(
                connection, "SELECT count(*) FROM scheduled_tasks WHERE last_success IS NOT NULL AND NOT picked");
    }
}
