package avatarmonitor.schedule.quartz;

import org.quartz.JobDetail;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows when a job has ended. A trigger of ours whose job could not be created or run is tried again at its next time: Quartz would stop
 * every trigger of that job, for all workers and for good. One whose instruction is to end is deleted and not left behind as COMPLETE. An ordinary
 * trigger ends as Quartz has it.
 */
final class CompletionPolicy {
    private static final Logger LOG = LoggerFactory.getLogger(CompletionPolicy.class);

    private CompletionPolicy() {}

    sealed interface Completion {}

    /** Nothing but the row of the firing is deleted, which needs no lock. */
    record Acknowledge() implements Completion {}

    /** Quartz completes the firing by this instruction, under the lock of the cluster. */
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
