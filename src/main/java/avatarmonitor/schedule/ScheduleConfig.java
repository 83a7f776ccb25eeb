package avatarmonitor.schedule;

import avatarmonitor.schedule.quartz.QuartzNode;
import java.time.Duration;

/**
 * Configuration of the scheduler.
 *
 * @param workerName {@code worker.name}: name for display; the instance id adds a random part so that two never
 *     clash
 * @param concurrency {@code worker.concurrency}: maximum of concurrent checks in this worker
 * @param shutdownTimeout {@code worker.shutdown-timeout}
 * @param checkInInterval {@code cluster.check-in-interval}: interval of the heartbeat
 * @param firing {@code cluster.firing}: how due triggers are acquired on PostgreSQL
 */
public record ScheduleConfig(
        String workerName, int concurrency, Duration shutdownTimeout, Duration checkInInterval, Firing firing) {

    /** Prefix of the instance id of a command, which no worker has. */
    private static final String COMMAND = "cli.";

    /** Returns the configuration for a command, whose events must not look like those of a worker on this machine. */
    public ScheduleConfig ofCommand() {
        return new ScheduleConfig(COMMAND + workerName, concurrency, shutdownTimeout, checkInInterval, firing);
    }

    /** Creates an instance id of a member of the cluster, unique even when two workers have the same name. */
    public String newInstanceId() {
        return QuartzNode.instanceId(workerName);
    }

    /** How due triggers are acquired from Quartz's tables; workers of both kinds may share a database. */
    public enum Firing {
        /** Many in one statement, without the cluster lock. */
        BATCH,
        /** Like Quartz: one by one, under the cluster lock. */
        SINGLE
    }
}
