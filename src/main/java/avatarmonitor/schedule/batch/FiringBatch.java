package avatarmonitor.schedule.batch;

import avatarmonitor.schedule.quartz.MisfirePolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.quartz.JobDetail;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.TriggerFiredBundle;

/** Firings of one transaction. */
record FiringBatch(List<DueTriggers.Firing> firings) {

    static FiringBatch empty() {
        return new FiringBatch(new ArrayList<>());
    }

    int size() {
        return firings.size();
    }

    /** Returns only those firings whose rows were written, with their ctids; stores these in their triggers. */
    FiringBatch at(Map<String, String> places) {
        List<DueTriggers.Firing> written = firings.stream()
                .filter(firing -> places.containsKey(firing.entry()))
                .toList();
        written.forEach(firing -> firing.before().setCtid(places.get(firing.entry())));
        return new FiringBatch(written);
    }

    /**
     * Returns Quartz's input for the jobs, the oldest first.
     *
     * @param job shared by all; each gets a copy
     * @param at fire time
     */
    List<TriggerFiredBundle> bundles(JobDetail job, Instant at) {
        return firings.stream()
                .map(DueTriggers.Firing::before)
                .sorted(Comparator.comparing(SimpleTriggerImpl::getNextFireTime))
                .map(trigger -> bundle(trigger, (JobDetail) job.clone(), at))
                .toList();
    }

    /** Computes the trigger's state after firing with Quartz's own arithmetic, on a copy. */
    static SimpleTriggerImpl after(SimpleTriggerImpl trigger) {
        SimpleTriggerImpl after = (SimpleTriggerImpl) trigger.clone();
        fired(after);
        return after;
    }

    private static void fired(SimpleTriggerImpl trigger) {
        MisfirePolicy.firesNow(trigger).triggered(null);
    }

    /** Advances the trigger to its next time. */
    private static TriggerFiredBundle bundle(SimpleTriggerImpl trigger, JobDetail job, Instant at) {
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
