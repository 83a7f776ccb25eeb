package avatarmonitor.bench;

import avatarmonitor.schedule.BenchNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/** Quartz as it ships: {@code JobStoreTX}, clustered. */
final class StockQuartz implements Contestant {
    /** Connections of three workers together stay below the limit of the server. */
    private static final int CONNECTIONS_MAX = 90;

    private final String url;
    private final int threads;
    private final int batch;
    private @Nullable Fires fires;
    private @Nullable Scheduler scheduler;

    StockQuartz(String url, Tuning tuning) {
        this.url = url;
        threads = tuning.threads().orElse(200);
        batch = tuning.batch().orElse(200);
    }

    @Override
    public String settings() {
        return "JobStoreTX, isClustered, PostgreSQLDelegate, HikariCP, " + threads + " threads, batch " + batch
                + ", window 1 s, acquireTriggersWithinLock, misfireThreshold 1 h";
    }

    @Override
    public void prepare(Connection connection) {}

    @Override
    public void plant(Connection connection, int count, Instant due, long spreadMillis) throws SQLException {
        QuartzRows.plant(connection, count, due, spreadMillis);
    }

    /** Stores all in one transaction, its fastest way. */
    @Override
    public void store(List<String> names, List<Instant> due) throws SchedulerException {
        JobDetail job = BenchNode.job();
        scheduler().addJob(job, true);
        Map<JobDetail, Set<? extends Trigger>> jobs = new LinkedHashMap<>();
        Set<Trigger> triggers = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            triggers.add(TriggerBuilder.newTrigger()
                    .withIdentity(names.get(i), "avatar")
                    .forJob(job)
                    .startAt(Date.from(due.get(i)))
                    .withSchedule(SimpleScheduleBuilder.repeatMinutelyForever())
                    .build());
        }
        jobs.put(job, triggers);
        scheduler().scheduleJobs(jobs, true);
    }

    @Override
    public int storedAtOnce() {
        return 1_000;
    }

    @Override
    public void start(Fires told) throws SchedulerException {
        fires = told;
        scheduler().start();
    }

    private Scheduler scheduler() throws SchedulerException {
        if (scheduler == null) {
            scheduler = new StdSchedulerFactory(properties()).getScheduler();
            scheduler.setJobFactory((bundle, ignored) -> context -> Objects.requireNonNull(fires)
                    .fired(
                            context.getTrigger().getKey().getName(),
                            context.getScheduledFireTime().toInstant().toEpochMilli()));
        }
        return scheduler;
    }

    private Properties properties() {
        Properties all = new Properties();
        all.putAll(Map.ofEntries(
                Map.entry("org.quartz.scheduler.instanceName", "avatar-monitor"),
                Map.entry("org.quartz.scheduler.instanceId", "AUTO"),
                Map.entry("org.quartz.scheduler.skipUpdateCheck", "true"),
                Map.entry("org.quartz.scheduler.batchTriggerAcquisitionMaxCount", "" + batch),
                Map.entry("org.quartz.scheduler.batchTriggerAcquisitionFireAheadTimeWindow", "1000"),
                Map.entry("org.quartz.threadPool.threadCount", "" + threads),
                Map.entry("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX"),
                Map.entry("org.quartz.jobStore.driverDelegateClass", "org.quartz.impl.jdbcjobstore.PostgreSQLDelegate"),
                Map.entry("org.quartz.jobStore.isClustered", "true"),
                Map.entry("org.quartz.jobStore.useProperties", "true"),
                Map.entry("org.quartz.jobStore.acquireTriggersWithinLock", "true"),
                Map.entry("org.quartz.jobStore.misfireThreshold", "3600000"),
                Map.entry("org.quartz.jobStore.dataSource", "bench"),
                Map.entry("org.quartz.dataSource.bench.provider", "hikaricp"),
                Map.entry("org.quartz.dataSource.bench.driver", "org.postgresql.Driver"),
                Map.entry("org.quartz.dataSource.bench.URL", url),
                Map.entry("org.quartz.dataSource.bench.maxConnections", "" + Math.min(threads + 6, CONNECTIONS_MAX))));
        return all;
    }

    @Override
    public void stop() throws SchedulerException {
        if (scheduler != null) {
            scheduler.shutdown(true);
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
