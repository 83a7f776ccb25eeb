package avatarmonitor.schedule.quartz;

import org.jspecify.annotations.Nullable;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/**
 * A simple trigger with the ctid of its firing's row. Quartz passes it through and returns it when its job has ended.
 */
public final class TriggerWithRowId extends SimpleTriggerImpl {
    private @Nullable String place;

    /** The ctid; null while unknown. */
    public @Nullable String place() {
        return place;
    }

    public void setPlace(@Nullable String place) {
        this.place = place;
    }
}
