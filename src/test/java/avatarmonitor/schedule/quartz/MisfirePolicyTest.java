package avatarmonitor.schedule.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.junit.jupiter.api.Test;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.impl.triggers.SimpleTriggerImpl;

final class MisfirePolicyTest {
    private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

    private static SimpleTriggerImpl trigger(String group, Instant start, SimpleScheduleBuilder schedule) {
        SimpleTriggerImpl trigger = (SimpleTriggerImpl) TriggerBuilder.newTrigger()
                .withIdentity("one", group)
                .startAt(Date.from(start))
                .endAt(Date.from(start.plus(Duration.ofHours(1))))
                .withSchedule(schedule)
                .build();
        trigger.computeFirstFireTime(null);
        return trigger;
    }

    private static SimpleTriggerImpl check(Instant start) {
        return trigger(
                "avatar",
                start,
                SimpleScheduleBuilder.repeatMinutelyForever().withMisfireHandlingInstructionNextWithRemainingCount());
    }

    @Test
    void limitsAreThoseOfTheDocuments() {
        assertThat(MisfirePolicy.MISFIRE_THRESHOLD).isEqualTo(Duration.ofSeconds(30));
        assertThat(MisfirePolicy.SCAN_INTERVAL).isEqualTo(Duration.ofSeconds(5));
        assertThat(MisfirePolicy.OVERDUE_MIN).isEqualTo(Duration.ofMinutes(1));
        assertThat(MisfirePolicy.UNSETTLED).isEqualTo(Duration.ofSeconds(30));
        assertThat(MisfirePolicy.DEFERRED_LATE_MAX).isEqualTo(Duration.ofMinutes(10));
        assertThat(MisfirePolicy.DEFERRED_PRIORITY).isEqualTo(6);
        assertThat(MisfirePolicy.misfiredBefore(NOON)).isEqualTo(NOON.minusSeconds(30));
    }

    @Test
    void batchesThatFollowEachOtherTakeTheirSlotsFromTheSameMoment() {
        Instant first = MisfirePolicy.slotsFrom(null, NOON);
        assertThat(first).isEqualTo(NOON.minusSeconds(2));
        assertThat(MisfirePolicy.slotsFrom(first, NOON.plusSeconds(13))).isEqualTo(first);
        assertThat(MisfirePolicy.slotsFrom(first, NOON.plusSeconds(14)))
                .as("a slot from there would be too late to fire")
                .isEqualTo(NOON.plusSeconds(12));
        assertThat(MisfirePolicy.slotsFrom(first, NOON.minusSeconds(60)))
                .as("the clock was set back")
                .isEqualTo(NOON.minusSeconds(62));
    }

    @Test
    void checkMovesToItsFirstSlotAfterThatMomentAndCountsWhatItMissed() {
        SimpleTriggerImpl late = check(NOON.minusSeconds(590));
        MisfirePolicy.toNextSlot(late, NOON);
        assertThat(late.getNextFireTime().toInstant()).isEqualTo(NOON.plusSeconds(10));
        assertThat(late.getTimesTriggered()).isEqualTo(10);

        SimpleTriggerImpl onTheSlot = check(NOON.minusSeconds(600));
        MisfirePolicy.toNextSlot(onTheSlot, NOON);
        assertThat(onTheSlot.getNextFireTime().toInstant()).isEqualTo(NOON.plusSeconds(60));
    }

    /** Its window ends at 12:00:05, its last slot was 11:59:05 and the next one would be 12:00:05. */
    @Test
    void checkWithoutAFurtherSlotInItsWindowIsMadeAtOnce() {
        SimpleTriggerImpl last = check(NOON.minusSeconds(3_595));
        last.setNextFireTime(Date.from(NOON.minusSeconds(55)));
        MisfirePolicy.toNextSlot(last, NOON);
        assertThat(last.getNextFireTime().toInstant()).isEqualTo(NOON);
        last.triggered(null);
        assertThat(last.getNextFireTime()).as("it was the last one").isNull();

        SimpleTriggerImpl ended = check(NOON.minusSeconds(3_600));
        MisfirePolicy.toNextSlot(ended, NOON);
        assertThat(ended.getNextFireTime()).isNull();
    }

    @Test
    void checkWhoseWindowIsOverHasNoNextSlot() {
        SimpleTriggerImpl over = check(NOON.minus(Duration.ofHours(2)));
        MisfirePolicy.toNextSlot(over, NOON);
        assertThat(over.getNextFireTime()).isNull();
    }

    @Test
    void onlyAChecksPriorityIsRaisedAndSetBack() {
        SimpleTriggerImpl check = check(NOON);
        assertThat(MisfirePolicy.priorityAfterMisfire(check)).isEqualTo(6);
        check.setPriority(6);
        assertThat(MisfirePolicy.firesNow(check).getPriority()).isEqualTo(5);

        SimpleTriggerImpl ordinary = trigger("reports", NOON, SimpleScheduleBuilder.repeatMinutelyForever());
        ordinary.setPriority(6);
        assertThat(MisfirePolicy.priorityAfterMisfire(ordinary)).isEqualTo(6);
        assertThat(MisfirePolicy.firesNow(ordinary).getPriority()).isEqualTo(6);
        ordinary.setPriority(3);
        assertThat(MisfirePolicy.priorityAfterMisfire(ordinary)).isEqualTo(3);
    }
}
