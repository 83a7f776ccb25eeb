package avatarmonitor.schedule;

import java.time.Duration;

/**
 * The keys that shape the scheduler.
 *
 * @param workerName {@code worker.name}: shown to people; the instance id adds a random part so that two never clash
 * @param concurrency {@code worker.concurrency}: most checks that run at once in this worker
 * @param shutdownTimeout {@code worker.shutdown-timeout}
 * @param checkInInterval {@code cluster.check-in-interval}: how often a worker says that it lives
 * @param firing {@code cluster.firing}: how due triggers are taken on PostgreSQL
 */
public record ScheduleConfig(
        String workerName, int concurrency, Duration shutdownTimeout, Duration checkInInterval, Firing firing) {

    /** Begins the instance id of a command, which is then no worker's. */
    private static final String COMMAND = "cli.";

    /** For a command: what it writes must not look as if a worker of this machine had written it. */
    public ScheduleConfig ofCommand() {
        return new ScheduleConfig(COMMAND + workerName, concurrency, shutdownTimeout, checkInInterval, firing);
    }

    /** How due triggers are taken from the tables of Quartz; workers of both kinds may share a database. */
    public enum Firing {
        /** Many in one step, without the lock of the cluster. */
        BATCH,
        /** As Quartz does: one by one, under the lock of the cluster. */
        SINGLE
    }
}
