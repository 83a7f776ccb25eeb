package avatarmonitor.schedule;

import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventWriter;
import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.spi.JobFactory;
import org.quartz.spi.OperableTrigger;

/** One member of the cluster as in a worker, with a job that only reports each firing. */
public final class BenchNode {
    private static final Duration INTERVAL = Duration.ofSeconds(60);
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final Duration CHECK_IN = Duration.ofSeconds(2);
    private static final Duration STOP = Duration.ofSeconds(15);

    private final QuartzNode node;

    /** The job named in the rows of these triggers. */
    public static JobDetail job() {
        return AvatarTriggers.job();
    }

    /** @param concurrency maximum of concurrent jobs */
    public BenchNode(Database database, int concurrency, JobFactory jobs) throws SchedulerException {
        ScheduleConfig config = new ScheduleConfig("bench", concurrency, STOP, CHECK_IN, ScheduleConfig.Firing.BATCH);
        node = Nodes.build(
                database,
                new EventWriter(
                        database, new EventLog(database.dialect()), InstantSource.system(), config.newInstanceId()),
                config,
                InstantSource.system(),
                jobs);
    }

    /** Stores a trigger for each name like a reconcile; the name at {@code i} is first due at {@code due.get(i)}. */
    public void store(List<String> names, List<Instant> due) throws JobPersistenceException {
        List<OperableTrigger> triggers = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            triggers.add(everyMinute(names.get(i), due.get(i)));
        }
        new MissingTriggers(node.stored()).store(triggers, job(), (connection, stored) -> {});
    }

    public void start() throws SchedulerException {
        node.start();
    }

    /** Stops in order, like a worker. */
    public void stop() throws InterruptedException {
        node.stop(STOP);
    }

    private static OperableTrigger everyMinute(String name, Instant due) {
        return (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity(name, AvatarTriggers.GROUP)
                .forJob(AvatarTriggers.STATUS_CHECK)
                .startAt(Date.from(due))
                .endAt(Date.from(due.plus(WINDOW)))
                .withSchedule(SimpleScheduleBuilder.simpleSchedule()
                        .withIntervalInMilliseconds(INTERVAL.toMillis())
                        .repeatForever()
                        .withMisfireHandlingInstructionNextWithRemainingCount())
                .build();
    }
}
