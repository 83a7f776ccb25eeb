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
 * What counts as late, misfired and overdue, and where a misfired check moves to. All limits derive from the usual interval of checks.
 *
 * <p>A check that is late by less than {@link #LATE_MAX} fires. Beyond that it misfires: it moves to its next slot, once, and its priority is
 * raised by that. When it comes late again it keeps its place in the queue instead of moving once more: while there are more checks than
 * workers can make, all avatars are checked less often, and none is passed over for ever. Once it fires it has its usual priority again.
 * Ordinary triggers keep their own priority and misfire as Quartz has it.
 */
public final class MisfirePolicy {
    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(60);

    /** How late a trigger may still fire; beyond that it misfires. */
    public static final Duration LATE_MAX = USUAL_INTERVAL.dividedBy(2);

    /** Time between two searches for misfired triggers. Nothing fires them before they are found. */
    public static final Duration SCAN_INTERVAL = Duration.ofSeconds(5);

    /** Shorter waits are no fault, however short the intervals: workers skip what is too late twice within it. */
    public static final Duration OVERDUE_MIN = LATE_MAX.multipliedBy(2);

    /** After so long without the database triggers are overdue, and those who move them need as long again. */
    static final Duration UNSETTLED = LATE_MAX;

    /** How late a trigger with raised priority may fire. Beyond that no worker was there to fire it, and all at once would be too many. */
    public static final Duration DEFERRED_LATE_MAX = Duration.ofMinutes(10);

    /** Priority of a check that has misfired and not fired since. */
    public static final int DEFERRED_PRIORITY = Trigger.DEFAULT_PRIORITY + 1;

    /** A slot that passed while triggers were moved may still be fired, since it is less late than {@link #LATE_MAX}. */
    private static final Duration SLOTS_FROM_MAX = LATE_MAX.dividedBy(2);

    /** What the last check after an outage and the note of it may take, for all to be done within one interval. */
    private static final Duration CHECK_TAKES = Duration.ofSeconds(2);

    private MisfirePolicy() {}

    /** What was due before has misfired. */
    public static Instant misfiredBefore(Instant now) {
        return now.minus(LATE_MAX);
    }

    /** The priority of a trigger that was moved. */
    static int priorityAfterMisfire(Trigger trigger) {
        return TriggerGroups.isCheck(trigger.getKey()) ? DEFERRED_PRIORITY : trigger.getPriority();
    }

    /** Gives a check that fires its usual priority; returns the trigger. */
    public static <T extends OperableTrigger> T firesNow(T trigger) {
        if (trigger.getPriority() == DEFERRED_PRIORITY && TriggerGroups.isCheck(trigger.getKey())) {
            trigger.setPriority(Trigger.DEFAULT_PRIORITY);
        }
        return trigger;
    }

    /**
     * From when on triggers take their next slots. All batches that follow each other move triggers to the first slot after the same moment,
     * shortly before the first of them began; a slot that has just passed is due at once. So every avatar has been checked within one interval
     * after an outage, however long the moving takes.
     *
     * @param began what this was for the batch before; null when there was none
     */
    static Instant slotsFrom(@Nullable Instant began, Instant now) {
        if (began == null || began.isAfter(now) || began.plus(SLOTS_FROM_MAX).isBefore(now)) {
            return now.minus(CHECK_TAKES);
        }
        return began;
    }

    /** Moves a check to its first slot after a moment, or as its own policy says; afterwards it has no next time when its window is over. */
    static void toNextSlot(SimpleTriggerImpl trigger, Instant from) {
        if (trigger.getMisfireInstruction() != SimpleTrigger.MISFIRE_INSTRUCTION_RESCHEDULE_NEXT_WITH_REMAINING_COUNT) {
            trigger.updateAfterMisfire(null);
            return;
        }
        // What Quartz does, with another time than now.
        Date next = trigger.getFireTimeAfter(Date.from(from));
        if (next != null) {
            int missed = trigger.computeNumTimesFiredBetween(trigger.getNextFireTime(), next);
            trigger.setTimesTriggered(trigger.getTimesTriggered() + missed);
        }
        trigger.setNextFireTime(next);
    }
}
