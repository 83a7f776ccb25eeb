package avatarmonitor.schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.quartz.JobDetail;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;

/**
 * What one transaction fires, and what it leaves to Quartz.
 *
 * @param jobs by the id of the firing
 */
record FiringBatch(List<DueTriggers.Firing> firings, Map<String, JobDetail> jobs, List<TriggerKey> others) {

    static FiringBatch empty() {
        return new FiringBatch(new ArrayList<>(), new HashMap<>(), new ArrayList<>());
    }

    int size() {
        return firings.size() + others.size();
    }

    JobDetail job(DueTriggers.Firing firing) {
        return Objects.requireNonNull(jobs.get(firing.entry()));
    }

    /** Only those firings whose rows are at these places, given by their ids; their triggers remember them. */
    FiringBatch at(Map<String, String> places) {
        List<DueTriggers.Firing> written = firings.stream()
                .filter(firing -> places.containsKey(firing.entry()))
                .toList();
        written.forEach(firing -> firing.before().setPlace(places.get(firing.entry())));
        return new FiringBatch(written, jobs, others);
    }

    /** The same firings, and only these left to Quartz. */
    FiringBatch leaving(List<TriggerKey> toQuartz) {
        return new FiringBatch(firings, jobs, toQuartz);
    }

    /** As they were before, in the order in which Quartz wants them. */
    List<OperableTrigger> triggers() {
        return firings.stream()
                .map(DueTriggers.Firing::before)
                .sorted(Comparator.comparing(SimpleTriggerImpl::getNextFireTime)
                        .thenComparing(SimpleTriggerImpl::getPriority, Comparator.reverseOrder()))
                .map(OperableTrigger.class::cast)
                .toList();
    }

    /** Quartz's own arithmetic, on a copy: the scheduler expects the trigger as it was. */
    static SimpleTriggerImpl after(SimpleTriggerImpl trigger) {
        SimpleTriggerImpl after = (SimpleTriggerImpl) trigger.clone();
        fired(after);
        return after;
    }

    /** Whoever was passed over has had its turn now. */
    private static void fired(SimpleTriggerImpl trigger) {
        if (MovedPriority.isPassedOver(trigger)) {
            trigger.setPriority(SimpleTriggerImpl.DEFAULT_PRIORITY);
        }
        trigger.triggered(null);
    }

    /** What Quartz hands to the job of a trigger that has fired, which stands at its next time afterwards. */
    static TriggerFiredBundle bundle(SimpleTriggerImpl trigger, JobDetail job, Instant at) {
        Date before = trigger.getPreviousFireTime();
        fired(trigger);
        return new TriggerFiredBundle(
                job,
                trigger,
                null,
                false,
                Date.from(at),
                trigger.getPreviousFireTime(),
                before,
                trigger.getNextFireTime());
    }
}
