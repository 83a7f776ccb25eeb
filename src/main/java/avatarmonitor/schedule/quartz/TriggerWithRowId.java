package avatarmonitor.schedule.quartz;

import org.jspecify.annotations.Nullable;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/** A simple trigger that knows where the row of its firing is. It goes through Quartz and comes back when its job has ended. */
public final class TriggerWithRowId extends SimpleTriggerImpl {
    private @Nullable String place;

    /** Null as long as it is not known. */
    public @Nullable String place() {
        return place;
    }

    public void setPlace(@Nullable String place) {
        this.place = place;
    }
}
