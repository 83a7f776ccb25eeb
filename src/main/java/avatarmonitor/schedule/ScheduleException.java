package avatarmonitor.schedule;

import org.quartz.SchedulerException;

/** The scheduler could not do what it was asked, nearly always since the database did not answer; the seam's one exception. */
public final class ScheduleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ScheduleException(SchedulerException cause) {
        super("the schedule could not be changed: " + cause.getMessage(), cause);
    }
}
