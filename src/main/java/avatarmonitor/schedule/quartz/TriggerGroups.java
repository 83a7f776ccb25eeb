package avatarmonitor.schedule.quartz;

import java.util.Set;
import org.quartz.TriggerKey;

/** The groups of triggers and jobs that are the product's own. Triggers of every other group are ordinary ones: they are left to Quartz. */
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
