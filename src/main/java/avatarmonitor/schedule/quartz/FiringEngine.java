package avatarmonitor.schedule.quartz;

import java.time.Duration;
import org.quartz.spi.OperableTrigger;

/** Fires the triggers of checks beside Quartz's scheduler thread, which then fires those of all other groups only. */
public interface FiringEngine {
    /** There is none: Quartz's scheduler thread fires every trigger. */
    FiringEngine NONE = new FiringEngine() {};

    /** Creates the engine of one node. */
    interface Factory {
        FiringEngine create(NodeParts node);
    }

    /** Begins to fire. */
    default void start(JobStarter jobs) {}

    /** Fires nothing until it is resumed. */
    default void pause() {}

    default void resume() {}

    /** Something new may be due. */
    default void wake() {}

    /** Fires nothing any more. */
    default void stop() {}

    /** Writes what has ended and is not written yet, and waits at most this long. */
    default void finish(Duration timeout) {}

    /**
     * Takes over to delete the row of a firing that changes nothing about its trigger and its job.
     *
     * @return false when the caller has to do it
     */
    default boolean acknowledge(OperableTrigger trigger) {
        return false;
    }
}
