package avatarmonitor.schedule.quartz;

import java.time.Duration;
import org.quartz.spi.OperableTrigger;

/**
 * Fires the triggers of checks in place of Quartz's scheduler thread, which then fires those of all other groups only.
 */
public interface FiringEngine {
    /** No engine: Quartz's scheduler thread fires every trigger. */
    FiringEngine NONE = new FiringEngine() {};

    interface Factory {
        FiringEngine create(NodeParts node);
    }

    default void start(JobStarter jobs) {}

    /** Fires nothing until it is resumed. */
    default void pause() {}

    default void resume() {}

    /** A trigger may have become due. */
    default void wake() {}

    /** Fires nothing any more. */
    default void stop() {}

    /** Writes ended firings that are still queued; waits at most this long. */
    default void finish(Duration timeout) {}

    /**
     * Takes over the deletion of a firing's row when the firing changes nothing about its trigger and its job.
     *
     * @return false when the caller has to delete it
     */
    default boolean acknowledge(OperableTrigger trigger) {
        return false;
    }
}
