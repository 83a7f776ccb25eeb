package avatarmonitor.schedule.quartz;

import org.jspecify.annotations.Nullable;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/**
 * A simple trigger with the ctid of its firing's row. Quartz passes it through and returns it when its job has ended.
 */
public final class TriggerWithRowId extends SimpleTriggerImpl {
    private @Nullable String ctid;

    /** The ctid; null while unknown. */
    public @Nullable String ctid() {
        return ctid;
    }

    public void setCtid(@Nullable String ctid) {
        this.ctid = ctid;
    }
}
