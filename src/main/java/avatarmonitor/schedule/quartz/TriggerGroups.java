package avatarmonitor.schedule.quartz;

import java.util.Set;
import org.quartz.TriggerKey;

/** Groups of triggers and jobs that belong to this product. Triggers of every other group are left to Quartz. */
public final class TriggerGroups {
    /** One trigger for each monitored avatar, and their shared job. */
    public static final String CHECKS = "avatar";

    /** The reconcile job and its triggers. */
    public static final String MAINTENANCE = "maintenance";

    private static final Set<String> OURS = Set.of(CHECKS, MAINTENANCE);

    private TriggerGroups() {}

    static boolean isCheck(TriggerKey key) {
        return key.getGroup().equals(CHECKS);
    }

    static boolean isOurs(String group) {
        return OURS.contains(group);
    }
}
