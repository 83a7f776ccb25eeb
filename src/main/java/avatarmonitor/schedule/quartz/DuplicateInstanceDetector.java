package avatarmonitor.schedule.quartz;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Detects another process with this worker's instance id, such as a copied virtual machine or one restored from a
 * snapshot: the worker's own row then contains a check-in time that this process never wrote. For the check-in thread
 * only.
 */
final class DuplicateInstanceDetector {
    /**
     * Number of unknown times in a row. A single one may come from a database that was restored to an older state. The
     * next check-in overwrites it; only a live process writes another.
     */
    private static final int STRANGE_IN_A_ROW = 2;

    /**
     * Number of remembered check-in times, including those whose commit failed or was not confirmed: any of them may be
     * in the row.
     */
    private static final int REMEMBERED = 64;

    private final Deque<Long> written = new ArrayDeque<>();
    private int strange;

    /** Returns whether this process wrote that time, or may have. */
    boolean ours(long checkInTime) {
        return written.contains(checkInTime);
    }

    /** Inspects the own row before it is written again; returns whether another process uses this id. */
    boolean takenOver(long checkInTime) {
        strange = ours(checkInTime) ? 0 : strange + 1;
        return strange >= STRANGE_IN_A_ROW;
    }

    /** Remembers the time of an attempt, before its commit. */
    void wrote(long checkInTime) {
        written.addLast(checkInTime);
        if (written.size() > REMEMBERED) {
            written.removeFirst();
        }
    }
}
