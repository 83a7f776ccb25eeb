package avatarmonitor.schedule;

import avatarmonitor.store.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.spi.OperableTrigger;

/** Triggers and jobs shaped like those of the product, and looks into the tables. */
final class Triggers {
    static final JobDetail SHARED = JobBuilder.newJob(Nothing.class)
            .withIdentity("status-check", "avatar")
            .storeDurably()
            .build();

    static final MonitoringJobStore.Together NOTHING_MORE = (connection, stored) -> {};

    private Triggers() {}

    /** The job class that the rows name; what really runs is made by each test's factory. */
    public static final class Nothing implements Job {
        @Override
        public void execute(JobExecutionContext context) {}
    }

    /** Fires every minute from then on, for an hour. */
    static OperableTrigger everyMinute(String name, Instant start) {
        return repeated(name, start, Duration.ofMinutes(1));
    }

    static OperableTrigger repeated(String name, Instant start, Duration interval) {
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

    static List<OperableTrigger> many(int count, Instant start) {
        return Stream.generate(() -> UUID.randomUUID().toString())
                .limit(count)
                .map(name -> everyMinute(name, start))
                .toList();
    }

    static ScheduleConfig config(String worker) {
        return new ScheduleConfig(worker, 8, Duration.ofSeconds(15), Duration.ofSeconds(2));
    }

    static long count(Database database, String table, String where) {
        return number(database, "SELECT count(*) FROM " + table + " WHERE " + where);
    }

    static long number(Database database, String select) {
        return database.read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(select);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    static int change(Database database, String sql) {
        return database.inTransaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                return statement.executeUpdate();
            }
        });
    }
}
