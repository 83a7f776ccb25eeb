package avatarmonitor.schedule.quartz;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.quartz.SimpleTrigger;
import org.quartz.Trigger;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;

/**
 * Misfire policy: what counts as late, misfired and overdue, and where a misfired check moves to. All limits derive
 * from the usual interval of checks.
 *
 * <p>A check that is late by less than {@link #MISFIRE_THRESHOLD} fires. Beyond that it misfires: it moves to its next
 * slot, once, and its priority is raised. When it is late again it keeps its place in the queue instead of moving once
 * more: under overload all avatars are checked less often, and none starves. When it fires, its usual priority is
 * restored.
 * Triggers of other groups keep their priority and misfire as in Quartz.
 */
public final class MisfirePolicy {
    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(60);

    /** Maximum delay of a trigger that fires; beyond it, the trigger misfires. */
    public static final Duration MISFIRE_THRESHOLD = USUAL_INTERVAL.dividedBy(2);

    /** Interval of the search for misfired triggers. They do not fire before they are found. */
    public static final Duration SCAN_INTERVAL = Duration.ofSeconds(5);

    /**
     * Minimum delay that counts as a fault, however short the intervals: workers skip triggers that are too late twice
     * within it.
     */
    public static final Duration OVERDUE_MIN = MISFIRE_THRESHOLD.multipliedBy(2);

    /** After this time without the database triggers are overdue, and misfire recovery needs the same time again. */
    static final Duration UNSETTLED = MISFIRE_THRESHOLD;

    /**
     * Maximum delay of a trigger with raised priority. Beyond it no worker can have been running, and firing all at
     * once would be too much.
     */
    public static final Duration DEFERRED_LATE_MAX = Duration.ofMinutes(10);

    /** Priority of a check that has misfired and not fired since. */
    public static final int DEFERRED_PRIORITY = Trigger.DEFAULT_PRIORITY + 1;

    /** A slot that passed during recovery may still fire, since its delay is below {@link #MISFIRE_THRESHOLD}. */
    private static final Duration SLOTS_FROM_MAX = MISFIRE_THRESHOLD.dividedBy(2);

    /** Time for the last check after an outage and for writing its result, so that all are done within one interval. */
    private static final Duration LAST_CHECK_MARGIN = Duration.ofSeconds(2);

    private MisfirePolicy() {}

    /** Returns the time before which due triggers have misfired. */
    public static Instant misfiredBefore(Instant now) {
        return now.minus(MISFIRE_THRESHOLD);
    }

    static int priorityAfterMisfire(Trigger trigger) {
        return TriggerGroups.isCheck(trigger.getKey()) ? DEFERRED_PRIORITY : trigger.getPriority();
    }

    /** Restores the usual priority of a check that fires; returns the trigger. */
    public static <T extends OperableTrigger> T firesNow(T trigger) {
        if (trigger.getPriority() == DEFERRED_PRIORITY && TriggerGroups.isCheck(trigger.getKey())) {
            trigger.setPriority(Trigger.DEFAULT_PRIORITY);
        }
        return trigger;
    }

    /**
     * Returns the time from which triggers take their next slots. All consecutive batches use the same time, shortly
     * before the first of them began; a slot that has just passed is due at once. So every avatar is checked within one
     * interval after an outage, however long the recovery takes.
     *
     * @param began result for the batch before; null when there was none
     */
    static Instant slotsFrom(@Nullable Instant began, Instant now) {
        if (began == null || began.isAfter(now) || began.plus(SLOTS_FROM_MAX).isBefore(now)) {
            return now.minus(LAST_CHECK_MARGIN);
        }
        return began;
    }

    /**
     * Moves a check to its first slot after a time, or as its own policy says. Without a further slot in its window it
     * moves to that time: the last check is made late rather than never. It has no next time when its window is over.
     */
    static void toNextSlot(SimpleTriggerImpl trigger, Instant from) {
        if (trigger.getMisfireInstruction() != SimpleTrigger.MISFIRE_INSTRUCTION_RESCHEDULE_NEXT_WITH_REMAINING_COUNT) {
            trigger.updateAfterMisfire(null);
            return;
        }
        // Same as Quartz, with another time than now.
        Date next = trigger.getFireTimeAfter(Date.from(from));
        Date end = trigger.getEndTime();
        if (next == null && end != null && from.isBefore(end.toInstant())) {
            next = Date.from(from);
        }
        if (next != null) {
            int missed = trigger.computeNumTimesFiredBetween(trigger.getNextFireTime(), next);
            trigger.setTimesTriggered(trigger.getTimesTriggered() + missed);
        }
        trigger.setNextFireTime(next);
    }
}
