package avatarmonitor.schedule;

import org.quartz.SchedulerException;

/** A scheduler operation failed, nearly always because of the database; the only exception of this package's API. */
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

    /** Returns whether the message was written by this product; otherwise it is that of Quartz and the database. */
    public boolean explained() {
        return explained;
    }
}
