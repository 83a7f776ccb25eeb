package avatarmonitor.schedule.quartz;

import org.quartz.JobDetail;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what follows the end of a job. A trigger of this product whose job could not be created or run is retried at
 * its next time: Quartz would stop every trigger of that job, for all workers and for good. A trigger that has ended is
 * deleted instead of staying COMPLETE. Triggers of other groups complete as in Quartz.
 */
final class CompletionPolicy {
    private static final Logger LOG = LoggerFactory.getLogger(CompletionPolicy.class);

    private CompletionPolicy() {}

    sealed interface Completion {}

    /** Only the row of the firing is deleted, which needs no lock. */
    record Acknowledge() implements Completion {}

    /** Quartz completes the firing by this instruction, under the cluster lock. */
    record Instruct(CompletedExecutionInstruction instruction) implements Completion {}

    static Completion decide(OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
        if (!TriggerGroups.isOurs(trigger.getKey().getGroup())) {
            return new Instruct(instruction);
        }
        CompletedExecutionInstruction decided = ofOurs(trigger, instruction);
        boolean rowOnly = decided == CompletedExecutionInstruction.NOOP
                && !job.isConcurrentExecutionDisallowed()
                && !job.isPersistJobDataAfterExecution();
        return rowOnly ? new Acknowledge() : new Instruct(decided);
    }

    private static CompletedExecutionInstruction ofOurs(
            OperableTrigger trigger, CompletedExecutionInstruction instruction) {
        return switch (instruction) {
            case SET_ALL_JOB_TRIGGERS_ERROR, SET_TRIGGER_ERROR, SET_ALL_JOB_TRIGGERS_COMPLETE -> {
                LOG.warn("job could not run trigger={} instruction={}", trigger.getKey(), instruction);
                yield trigger.mayFireAgain()
                        ? CompletedExecutionInstruction.NOOP
                        : CompletedExecutionInstruction.DELETE_TRIGGER;
            }
            case SET_TRIGGER_COMPLETE -> CompletedExecutionInstruction.DELETE_TRIGGER;
            case NOOP, RE_EXECUTE_JOB, DELETE_TRIGGER -> instruction;
        };
    }
}
