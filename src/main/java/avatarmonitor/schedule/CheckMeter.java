package avatarmonitor.schedule;

import avatarmonitor.check.decision.CheckOutcome;
import java.time.Duration;

/**
 * Metrics of the checks that the schedule fires; called on the thread that runs the check. Must return at once and
 * never throw.
 */
public interface CheckMeter {
    /**
     * Reports the delay of a check that sent a request, after it ended.
     *
     * @param late time from the scheduled fire time to the start of the check; never negative
     */
    default void checkDelay(Duration late) {}

    /** A fire was skipped without a request to fal; it does not count as a check. */
    default void passed() {}

    default void checked(CheckOutcome outcome, Duration took) {}

    /** The check ended without an outcome: its result could not be written. */
    default void broken(Duration took) {}
}
