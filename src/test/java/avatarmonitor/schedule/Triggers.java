package avatarmonitor.schedule;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestEvents;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.spi.JobFactory;
import org.quartz.spi.OperableTrigger;

/** Triggers and jobs like those of the product, and queries of the tables. */
public final class Triggers {
    public static final JobDetail SHARED = JobBuilder.newJob(Nothing.class)
            .withIdentity("status-check", "avatar")
            .storeDurably()
            .build();

    public static final MissingTriggers.Together NOTHING_MORE = (connection, stored) -> {};

    private Triggers() {}

    /** Job class in the rows; the factory of each test creates the actual jobs. */
    public static final class Nothing implements Job {
        @Override
        public void execute(JobExecutionContext context) {}
    }

    /** Returns a trigger that fires every minute from then on, for an hour. */
    public static OperableTrigger everyMinute(String name, Instant start) {
        return repeated(name, start, Duration.ofMinutes(1));
    }

    public static OperableTrigger repeated(String name, Instant start, Duration interval) {
        return (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity(name, "avatar")
                .forJob(SHARED)
                .startAt(Date.from(start))
                .endAt(Date.from(start.plus(Duration.ofHours(1))))
                .withSchedule(SimpleScheduleBuilder.simpleSchedule()
                        .withIntervalInMilliseconds(interval.toMillis())
                        .repeatForever()
                        .withMisfireHandlingInstructionNextWithRemainingCount())
                .build();
    }

    public static List<OperableTrigger> many(int count, Instant start) {
        return Stream.generate(() -> UUID.randomUUID().toString())
                .limit(count)
                .map(name -> everyMinute(name, start))
                .toList();
    }

    /** Copies the stored trigger {@code copies} times, due {@code apart} milliseconds apart. */
    public static void copy(Database database, int copies, int apart) {
        String[] names = IntStream.range(0, copies)
                .mapToObj(i -> String.format(Locale.ROOT, "copy-%06d", i))
                .toArray(String[]::new);
        database.inTransaction(connection -> {
            insertFor(connection, names, """
                    INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time,
                      prev_fire_time, priority, trigger_state, trigger_type, start_time, end_time, misfire_instr)
                    SELECT t.sched_name, n.name, t.trigger_group, t.job_name, t.job_group,
                      t.next_fire_time + %1$d * CAST(substring(n.name FROM 6) AS int),
                      t.prev_fire_time, t.priority, t.trigger_state, t.trigger_type,
                      t.start_time + %1$d * CAST(substring(n.name FROM 6) AS int), t.end_time, t.misfire_instr
                    FROM qrtz_triggers t, UNNEST(?) AS n(name)
                    """.formatted(apart));
            analyze(connection);
            insertFor(connection, names, """
                    INSERT INTO qrtz_simple_triggers
                      (sched_name, trigger_name, trigger_group, repeat_count, repeat_interval, times_triggered)
                    SELECT s.sched_name, n.name, s.trigger_group, s.repeat_count, s.repeat_interval, s.times_triggered
                    FROM qrtz_simple_triggers s, UNNEST(?) AS n(name)
                    """);
            return analyze(connection);
        });
    }

    private static int insertFor(Connection connection, String[] names, String sql) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setArray(1, connection.createArrayOf("varchar", names));
            return insert.executeUpdate();
        }
    }

    /** Collects the statistics that both databases would collect by themselves a little later. */
    private static int analyze(Connection connection) throws SQLException {
        try (PreparedStatement analyze = connection.prepareStatement("ANALYZE")) {
            return analyze.executeUpdate();
        }
    }

    /** Stores missing triggers like the product. */
    public static List<MissingTriggers.Stored> store(
            QuartzNode node, List<OperableTrigger> triggers, JobDetail job, MissingTriggers.Together together)
            throws JobPersistenceException {
        return new MissingTriggers(node.stored()).store(triggers, job, together);
    }

    /** Creates a node with jobs of the test. */
    public static QuartzNode node(Database database, String worker, JobFactory jobs) throws SchedulerException {
        return Nodes.build(
                database,
                TestEvents.writer(
                        database, InstantSource.system(), config(worker).newInstanceId()),
                config(worker),
                InstantSource.system(),
                jobs);
    }

    /** Creates a node that acquires triggers one by one, ahead of their time. */
    public static QuartzNode singleNode(Database database, String worker, JobFactory jobs) throws SchedulerException {
        return Nodes.build(
                database,
                TestEvents.writer(
                        database,
                        InstantSource.system(),
                        config(worker, Duration.ofSeconds(2), ScheduleConfig.Firing.SINGLE)
                                .newInstanceId()),
                config(worker, Duration.ofSeconds(2), ScheduleConfig.Firing.SINGLE),
                InstantSource.system(),
                jobs);
    }

    /** Creates a node with exactly this instance id, which checks in twice a second. */
    public static QuartzNode quickNode(Database database, String instanceId, JobFactory jobs)
            throws SchedulerException {
        return quickNode(database, instanceId, jobs, ScheduleConfig.Firing.BATCH);
    }

    public static QuartzNode quickNode(
            Database database, String instanceId, JobFactory jobs, ScheduleConfig.Firing firing)
            throws SchedulerException {
        return Nodes.build(
                database,
                TestEvents.writer(database, InstantSource.system(), instanceId),
                config("unused", Duration.ofMillis(500), firing),
                InstantSource.system(),
                jobs);
    }

    public static ScheduleConfig config(String worker) {
        return config(worker, Duration.ofSeconds(2), ScheduleConfig.Firing.BATCH);
    }

    private static ScheduleConfig config(String worker, Duration checkIn, ScheduleConfig.Firing firing) {
        return new ScheduleConfig(worker, 8, Duration.ofSeconds(15), checkIn, firing);
    }

    public static long count(Database database, String table, String where) {
        return number(database, "SELECT count(*) FROM " + table + " WHERE " + where);
    }

    /** Returns the time of the latest check-in of any worker in milliseconds, 0 before the first. */
    public static long lastCheckIn(Database database) {
        return number(database, "SELECT coalesce(max(last_checkin_time), 0) FROM qrtz_scheduler_state");
    }

    public static long number(Database database, String select) {
        return database.read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(select);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    public static int change(Database database, String sql) {
        return database.inTransaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                return statement.executeUpdate();
            }
        });
    }

    /** Long timeout for what happens within a second, on a busy machine. */
    public static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    /** Returns the threads of a node. */
    public static List<String> threadsOf(QuartzNode node) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.contains(node.instanceId()))
                .toList();
    }

    public static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
