package avatarmonitor.schedule.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.schedule.quartz.CompletionPolicy.Acknowledge;
import avatarmonitor.schedule.quartz.CompletionPolicy.Completion;
import avatarmonitor.schedule.quartz.CompletionPolicy.Instruct;
import java.time.Instant;
import java.util.Date;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.impl.triggers.SimpleTriggerImpl;

final class CompletionPolicyTest {
    private static final JobDetail CHECK =
            JobBuilder.newJob(Concurrent.class).withIdentity("j").build();
    private static final JobDetail RECONCILE =
            JobBuilder.newJob(Alone.class).withIdentity("j").build();

    static final class Concurrent implements Job {
        @Override
        public void execute(JobExecutionContext context) {}
    }

    @DisallowConcurrentExecution
    static final class Alone implements Job {
        @Override
        public void execute(JobExecutionContext context) {}
    }

    private static Completion decide(
            String group, JobDetail job, boolean firesAgain, CompletedExecutionInstruction instruction) {
        SimpleTriggerImpl trigger = new SimpleTriggerImpl();
        trigger.setName("one");
        trigger.setGroup(group);
        trigger.setNextFireTime(firesAgain ? Date.from(Instant.ofEpochMilli(1)) : null);
        return CompletionPolicy.decide(trigger, job, instruction);
    }

    @ParameterizedTest
    @CsvSource({
        "NOOP, true, NOOP",
        "NOOP, false, NOOP",
        "RE_EXECUTE_JOB, true, RE_EXECUTE_JOB",
        "DELETE_TRIGGER, false, DELETE_TRIGGER",
        "SET_TRIGGER_COMPLETE, true, DELETE_TRIGGER",
        "SET_ALL_JOB_TRIGGERS_COMPLETE, true, NOOP",
        "SET_ALL_JOB_TRIGGERS_COMPLETE, false, DELETE_TRIGGER",
        "SET_TRIGGER_ERROR, true, NOOP",
        "SET_TRIGGER_ERROR, false, DELETE_TRIGGER",
        "SET_ALL_JOB_TRIGGERS_ERROR, true, NOOP",
        "SET_ALL_JOB_TRIGGERS_ERROR, false, DELETE_TRIGGER"
    })
    void nothingThatHappensToOneJobStopsTriggersOfOurs(
            CompletedExecutionInstruction instruction, boolean firesAgain, CompletedExecutionInstruction decided) {
        assertThat(decide("maintenance", RECONCILE, firesAgain, instruction)).isEqualTo(new Instruct(decided));
        Completion ofCheck = decide("avatar", CHECK, firesAgain, instruction);
        assertThat(ofCheck)
                .isEqualTo(decided == CompletedExecutionInstruction.NOOP ? new Acknowledge() : new Instruct(decided));
    }

    @ParameterizedTest
    @EnumSource(CompletedExecutionInstruction.class)
    void ordinaryTriggerEndsAsQuartzHasIt(CompletedExecutionInstruction instruction) {
        assertThat(decide("reports", CHECK, true, instruction)).isEqualTo(new Instruct(instruction));
    }

    @Test
    void jobThatMustNotRunConcurrentlyIsCompletedUnderTheLock() {
        assertThat(decide("avatar", RECONCILE, true, CompletedExecutionInstruction.NOOP))
                .isEqualTo(new Instruct(CompletedExecutionInstruction.NOOP));
    }
}
