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

/** What one transaction fires. */
record FiringBatch(List<DueTriggers.Firing> firings) {

    static FiringBatch empty() {
        return new FiringBatch(new ArrayList<>());
    }

    int size() {
        return firings.size();
    }

    /** Only those firings whose rows are at these places, given by their ids; their triggers remember them. */
    FiringBatch at(Map<String, String> places) {
        List<DueTriggers.Firing> written = firings.stream()
                .filter(firing -> places.containsKey(firing.entry()))
                .toList();
        written.forEach(firing -> firing.before().setPlace(places.get(firing.entry())));
        return new FiringBatch(written);
    }

    /**
     * What Quartz hands to the jobs, the oldest first.
     *
     * @param job of all of them; each gets a copy
     * @param at when they fired
     */
    List<TriggerFiredBundle> bundles(JobDetail job, Instant at) {
        return firings.stream()
                .map(DueTriggers.Firing::before)
                .sorted(Comparator.comparing(SimpleTriggerImpl::getNextFireTime))
                .map(trigger -> bundle(trigger, (JobDetail) job.clone(), at))
                .toList();
    }

    /** Quartz's own arithmetic, on a copy: the trigger stays as it was. */
    static SimpleTriggerImpl after(SimpleTriggerImpl trigger) {
        SimpleTriggerImpl after = (SimpleTriggerImpl) trigger.clone();
        fired(after);
        return after;
    }

    private static void fired(SimpleTriggerImpl trigger) {
        MisfirePolicy.firesNow(trigger).triggered(null);
    }

    /** The trigger stands at its next time afterwards. */
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
