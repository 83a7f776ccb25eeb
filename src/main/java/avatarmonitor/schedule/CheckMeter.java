package avatarmonitor.schedule;

import avatarmonitor.check.CheckOutcome;
import java.time.Duration;

/** Is told of each check that the schedule fires, by the thread that runs it. Must return at once and never throw. */
public interface CheckMeter {
    /**
     * A check begins.
     *
     * @param late how long after its time the trigger fired; never negative
     */
    void fired(Duration late);

    /** A fire at which fal was not to be asked: no check. */
    void passed();

    void checked(CheckOutcome outcome, Duration took);

    /** The check came to no outcome: its result could not be written down. */
    void broken(Duration took);
}
