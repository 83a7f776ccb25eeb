package avatarmonitor.reconcile;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.event.EventType;
import avatarmonitor.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Repair-loop guard: finds faults that were repaired repeatedly. Something undoes the repair, and repeating it would
 * only hide that, so an operator must look. The memory is the event log, shared by all workers.
 *
 * @param avatars avatars whose triggers are no longer repaired, for their current request
 * @param alarmedAvatars those of them whose alarm was raised
 * @param others subjects of other faults that are no longer repaired
 * @param alarmedOthers those of them whose alarm was raised
 */
record RepairLoopGuard(
        Set<AvatarId> avatars, Set<AvatarId> alarmedAvatars, Set<String> others, Set<String> alarmedOthers) {
    /** Limit of repairs of one fault within {@link #MEMORY}; the next one is replaced by an alarm. */
    static final int REPAIRS_MAX = 3;

    static final Duration MEMORY = Duration.ofHours(1);

    /** Limit of events that concern no single avatar: groups, jobs and workers are few. */
    private static final int EVENTS_MAX = 1_000;

    static RepairLoopGuard read(Database database, EventLog events, Instant now) {
        Instant since = now.minus(MEMORY);
        return database.read(connection -> new RepairLoopGuard(
                events.avatarsWith(connection, EventType.REPAIRED, since, REPAIRS_MAX),
                events.avatarsWith(connection, EventType.REPAIR_RUNAWAY, since, 1),
                subjects(events.ofNoAvatar(connection, EventType.REPAIRED, since, EVENTS_MAX), REPAIRS_MAX),
                subjects(events.ofNoAvatar(connection, EventType.REPAIR_RUNAWAY, since, EVENTS_MAX), 1)));
    }

    private static Set<String> subjects(List<Logged> logged, int atLeast) {
        Map<String, Integer> counts = new HashMap<>();
        Set<String> often = new HashSet<>();
        for (Logged event : logged) {
            if (event.detail().has("subject")) {
                String subject = event.detail().get("subject").getAsString();
                if (counts.merge(subject, 1, Integer::sum) >= atLeast) {
                    often.add(subject);
                }
            }
        }
        return often;
    }

    boolean includes(ScheduleFault fault) {
        return fault.avatar() == null ? others.contains(fault.subject()) : avatars.contains(fault.avatar());
    }

    /** Returns whether the alarm was already raised. */
    boolean alarmed(ScheduleFault fault) {
        return fault.avatar() == null
                ? alarmedOthers.contains(fault.subject())
                : alarmedAvatars.contains(fault.avatar());
    }
}
