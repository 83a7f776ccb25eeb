package avatarmonitor.schedule;

import org.quartz.SchedulerException;

/** The scheduler could not do what it was asked, nearly always since the database did not answer; the seam's one exception. */
public final class ScheduleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean explained;

    ScheduleException(SchedulerException cause) {
        super("the schedule could not be changed: " + cause.getMessage(), cause);
        explained = false;
    }

    ScheduleException(String message) {
        super(message);
        explained = true;
    }

    /** Whether the message says what is wrong in words of ours; otherwise it is just what Quartz and the database said. */
    public boolean explained() {
        return explained;
    }
}
