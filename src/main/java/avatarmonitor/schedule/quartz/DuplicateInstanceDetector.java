package avatarmonitor.schedule.quartz;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Notices that another process checks in under this worker's instance id, as a copied virtual machine does or one that was set back to
 * a snapshot: the worker's own row then holds a time that this process never wrote. For the thread that checks in.
 */
final class DuplicateInstanceDetector {
    /**
     * One strange time may come from a database that was set back to an older state itself. The check-in that follows writes a time
     * of ours; only somebody who lives writes over that again.
     */
    private static final int STRANGE_IN_A_ROW = 2;

    /** Times of ours that are remembered, also those whose commit failed or got no answer: any of them may stand there. */
    private static final int REMEMBERED = 64;

    private final Deque<Long> written = new ArrayDeque<>();
    private int strange;

    /** Whether this process wrote that time, or may have. */
    boolean ours(long checkInTime) {
        return written.contains(checkInTime);
    }

    /** Looks at the own row before it is written again. Returns whether another process lives under this id. */
    boolean takenOver(long checkInTime) {
        strange = ours(checkInTime) ? 0 : strange + 1;
        return strange >= STRANGE_IN_A_ROW;
    }

    /** To be told of each attempt, before its commit. */
    void wrote(long checkInTime) {
        written.addLast(checkInTime);
        if (written.size() > REMEMBERED) {
            written.removeFirst();
        }
    }
}
