package avatarmonitor.schedule;

import org.jspecify.annotations.Nullable;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/** A simple trigger that knows where the row of its firing is. It goes through Quartz and comes back when its job has ended. */
final class PlacedTrigger extends SimpleTriggerImpl {
    private @Nullable String place;

    /** Null as long as it is not known. */
    @Nullable
    String place() {
        return place;
    }

    void setPlace(@Nullable String place) {
        this.place = place;
    }
}
