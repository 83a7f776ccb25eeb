package avatarmonitor.schedule;

import org.quartz.Trigger;

/** The priority by which a trigger that was moved to a later slot is known; needed by those who fire as well as by those who move. */
final class MovedPriority {
    /**
     * Priority of a trigger that was moved. When it comes late again it keeps its place in the queue instead of moving once more: while
     * there are more checks than workers can make, all avatars are checked less often, and none is passed over for ever.
     */
    static final int PASSED_OVER = Trigger.DEFAULT_PRIORITY + 1;

    /** Whether a trigger was moved, so that it has its usual priority again once it fires. Ordinary triggers keep their own priority always. */
    static boolean isPassedOver(Trigger trigger) {
        return trigger.getPriority() == PASSED_OVER && isCheck(trigger);
    }

    /** The priority of a trigger that was moved. */
    static int of(Trigger trigger) {
        return isCheck(trigger) ? PASSED_OVER : trigger.getPriority();
    }

    private static boolean isCheck(Trigger trigger) {
        return trigger.getKey().getGroup().equals(AvatarTriggers.GROUP);
    }

    private MovedPriority() {}
}
