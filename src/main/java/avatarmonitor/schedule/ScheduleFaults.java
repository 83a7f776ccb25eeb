package avatarmonitor.schedule;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.reconcile.Scanner;
import avatarmonitor.reconcile.ScheduleFault;
import avatarmonitor.reconcile.ScheduleFault.Kind;
import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.TriggerKey;

/** Finds schedule faults. */
public final class ScheduleFaults {
    private ScheduleFaults() {}

    /**
     * Finds faults; changes nothing.
     *
     * @param limit maximum of each kind
     * @return faults that concern all avatars come first
     */
    public static List<ScheduleFault> find(Database database, Instant now, int limit) {
        return database.read(connection -> {
            ScheduleTables tables = new ScheduleTables(connection);
            List<ScheduleFault> found = new ArrayList<>();
            if (tables.knowsAny()) {
                missing(connection, tables, found);
            }
            for (String group : tables.pausedGroups(limit)) {
                found.add(new ScheduleFault(
                        Kind.PAUSED, group, "trigger group is paused or holds paused triggers", null));
            }
            for (String worker : tables.goneWorkers(now, limit)) {
                String problem = "noted as firing triggers, but not on the list of workers";
                found.add(new ScheduleFault(Kind.GONE_WORKER, worker, problem, null));
            }
            for (TriggerHealth broken : TriggerHealth.broken(connection, limit)) {
                found.add(of(broken));
            }
            found.addAll(FutureTimes.find(connection));
            for (TriggerKey key : tables.overdue(now, limit)) {
                found.add(fault(Kind.OVERDUE, key, "overdue by more than two intervals"));
            }
            return found;
        });
    }

    /**
     * Faults of one kind.
     *
     * @param count number of faults, or the limit when there are more
     * @param first an example
     */
    public record Summary(ScheduleFault.Kind kind, int count, ScheduleFault first) {}

    /**
     * Returns the faults by kind, those that concern all avatars first; includes trainings that have lost their
     * trigger.
     */
    public static List<Summary> summary(Database database, Instant now, int limit) {
        List<ScheduleFault> found = new ArrayList<>(find(database, now, limit));
        found.addAll(Scanner.lost(database, limit));
        Map<Kind, List<ScheduleFault>> kinds = new LinkedHashMap<>();
        found.forEach(fault ->
                kinds.computeIfAbsent(fault.kind(), kind -> new ArrayList<>()).add(fault));
        return kinds.entrySet().stream()
                .map(kind -> new Summary(
                        kind.getKey(),
                        Math.min(limit, kind.getValue().size()),
                        kind.getValue().get(0)))
                .toList();
    }

    private static void missing(Connection connection, ScheduleTables tables, List<ScheduleFault> found)
            throws SQLException {
        for (JobDetail job : List.of(AvatarTriggers.job(), ReconcileTriggers.job())) {
            String group = job.getKey().getGroup();
            String name = job.getKey().getName();
            String runs = tables.jobClass(group, name).orElse(null);
            if (!job.getJobClass().getName().equals(runs)) {
                String problem = runs == null ? "the job is missing" : "the job runs another class";
                found.add(new ScheduleFault(Kind.MISSING, subject(group, name), problem, null));
            }
        }
        TriggerKey hourly = ReconcileTriggers.HOURLY;
        if (TriggerHealth.of(connection, List.of(hourly)).isEmpty()) {
            found.add(fault(Kind.MISSING, hourly, "the trigger is missing"));
        }
    }

    static ScheduleFault of(TriggerHealth broken) {
        return fault(Kind.of(String.valueOf(broken.kind())), broken.key(), String.valueOf(broken.problem()));
    }

    private static ScheduleFault fault(Kind kind, TriggerKey key, String problem) {
        return new ScheduleFault(kind, subject(key.getGroup(), key.getName()), problem, avatar(key));
    }

    private static String subject(String group, String name) {
        return group + "/" + name;
    }

    private static @Nullable AvatarId avatar(TriggerKey key) {
        return key.getGroup().equals(AvatarTriggers.GROUP)
                ? AvatarId.parse(key.getName()).orElse(null)
                : null;
    }
}
