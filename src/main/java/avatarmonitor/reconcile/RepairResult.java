package avatarmonitor.reconcile;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Result of repairing several faults.
 *
 * @param count number of repaired faults
 * @param failure last failure; null when all were repaired
 */
record RepairResult(int count, @Nullable RuntimeException failure) {
    private static final Logger log = LoggerFactory.getLogger(RepairResult.class);

    /** Repairs one fault after the other; a failure does not prevent the other repairs. */
    static RepairResult all(MonitoringTriggers watchlist, List<ScheduleFault> faults, Instant now) {
        int count = 0;
        RuntimeException failure = null;
        for (ScheduleFault fault : faults) {
            try {
                count += watchlist.repair(fault, now) ? 1 : 0;
            } catch (RuntimeException e) {
                log.warn(
                        "not repaired kind={} subject={} error={}",
                        fault.kind().word(),
                        fault.subject(),
                        e.getMessage());
                failure = e;
            }
        }
        return new RepairResult(count, failure);
    }

    /** Throws the last failure, so that the caller is retried. */
    void requireComplete() {
        if (failure != null) {
            throw failure;
        }
    }
}
