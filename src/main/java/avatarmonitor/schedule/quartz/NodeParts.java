package avatarmonitor.schedule.quartz;

import avatarmonitor.schedule.quartz.thread.ServiceThreads;
import avatarmonitor.schedule.quartz.thread.WorkerPool;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.ClockGate;
import java.time.InstantSource;
import org.quartz.impl.jdbcjobstore.DriverDelegate;

/**
 * Shared dependencies of the parts of one node.
 *
 * @param connections source of every connection of the node, so that none writes after it is closed
 * @param threads on which every loop of the node runs
 * @param delegate Quartz's SQL
 * @param clock determines which trigger is due; while its gate is closed nothing fires, misfires or is recovered
 *     from a peer
 */
public record NodeParts(
        Database database,
        String instanceId,
        StoreConnections connections,
        ServiceThreads threads,
        WorkerPool workers,
        DriverDelegate delegate,
        TriggerRows rows,
        InstantSource clock) {

    ClockGate gate() {
        return ClockGate.of(clock);
    }
}
