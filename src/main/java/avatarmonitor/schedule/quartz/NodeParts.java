package avatarmonitor.schedule.quartz;

import avatarmonitor.store.ClockGate;
import avatarmonitor.store.Database;
import java.time.InstantSource;
import org.quartz.impl.jdbcjobstore.DriverDelegate;

/**
 * What the parts of one node share.
 *
 * @param connections every connection of the node comes through these, so that none writes after they are closed
 * @param threads on which every loop of the node runs
 * @param delegate Quartz's SQL
 * @param clock tells which trigger is due; while its gate is closed nothing fires, moves or is taken from a peer
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

    /** Whether anything may be done by that clock now. */
    ClockGate gate() {
        return ClockGate.of(clock);
    }
}
