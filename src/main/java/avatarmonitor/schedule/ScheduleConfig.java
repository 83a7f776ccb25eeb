package avatarmonitor.schedule;

import java.time.Duration;

/**
 * The keys that shape the scheduler.
 *
 * @param workerName {@code worker.name}: shown to people; the instance id adds a random part so that two never clash
 * @param concurrency {@code worker.concurrency}: most checks that run at once in this worker
 * @param shutdownTimeout {@code worker.shutdown-timeout}
 * @param checkInInterval {@code cluster.check-in-interval}: how often a worker says that it lives
 */
public record ScheduleConfig(String workerName, int concurrency, Duration shutdownTimeout, Duration checkInInterval) {}
