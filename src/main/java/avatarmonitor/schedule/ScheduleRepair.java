package avatarmonitor.schedule;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.reconcile.Disorder;
import avatarmonitor.reconcile.Disorder.Kind;
import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what is wrong with the schedule and mends it: each thing under the lock of the cluster, looked at once more before, and with
 * its event in the same transaction wherever Quartz's own steps allow it.
 */
final class ScheduleRepair {
    private static final Logger log = LoggerFactory.getLogger(ScheduleRepair.class);

    private final Database database;
    private final EventLog events;
    private final SchedulerNode node;
    private final ReconcileTriggers reconcileTriggers;

    ScheduleRepair(Database database, EventLog events, SchedulerNode node, ReconcileTriggers reconcileTriggers) {
        this.database = database;
        this.events = events;
        this.node = node;
        this.reconcileTriggers = reconcileTriggers;
    }

    /** What is wrong now, what concerns all avatars first. */
    List<Disorder> look(Instant now, int limit) {
        return database.read(connection -> {
            ScheduleTables tables = new ScheduleTables(connection);
            List<Disorder> found = new ArrayList<>();
            if (tables.knowsAny()) {
                missing(connection, tables, found);
            }
            for (String group : tables.pausedGroups(limit)) {
                found.add(new Disorder(Kind.PAUSED, group, "trigger group is paused or holds paused triggers", null));
            }
            for (String worker : tables.goneWorkers(now, limit)) {
                String problem = "noted as firing triggers, but not on the list of workers";
                found.add(new Disorder(Kind.GONE_WORKER, worker, problem, null));
            }
            for (TriggerHealth broken : TriggerHealth.broken(connection, limit)) {
                found.add(disorder(broken));
            }
            for (TriggerKey key : tables.overdue(now, limit)) {
                found.add(disorder(Kind.OVERDUE, key, "overdue by more than two intervals"));
            }
            return found;
        });
    }

    private static void missing(Connection connection, ScheduleTables tables, List<Disorder> found)
            throws SQLException {
        for (JobDetail job : List.of(AvatarTriggers.job(), ReconcileTriggers.job())) {
            String group = job.getKey().getGroup();
            String name = job.getKey().getName();
            String runs = tables.jobClass(group, name).orElse(null);
            if (!job.getJobClass().getName().equals(runs)) {
                String problem = runs == null ? "the job is missing" : "the job runs another class";
                found.add(new Disorder(Kind.MISSING, subject(group, name), problem, null));
            }
        }
        TriggerKey hourly = ReconcileTriggers.HOURLY;
        if (TriggerHealth.of(connection, List.of(hourly)).isEmpty()) {
            found.add(disorder(Kind.MISSING, hourly, "the trigger is missing"));
        }
    }

    static Disorder disorder(TriggerHealth broken) {
        return disorder(Kind.of(String.valueOf(broken.kind())), broken.key(), String.valueOf(broken.problem()));
    }

    private static Disorder disorder(Kind kind, TriggerKey key, String problem) {
        return new Disorder(kind, subject(key.getGroup(), key.getName()), problem, avatar(key));
    }

    private static String subject(String group, String name) {
        return group + "/" + name;
    }

    private static @Nullable AvatarId avatar(TriggerKey key) {
        return key.getGroup().equals(AvatarTriggers.GROUP)
                ? AvatarId.parse(key.getName()).orElse(null)
                : null;
    }

    private static TriggerKey key(Disorder disorder) {
        String[] groupAndName = disorder.subject().split("/", 2);
        return new TriggerKey(groupAndName[1], groupAndName[0]);
    }

    /** False when it had become right by itself, or somebody else was first. */
    boolean mend(Disorder disorder, Instant now) throws SchedulerException {
        return switch (disorder.kind()) {
            case ERROR, HALF, FINISHED, ORPHANED, TIMELESS, EXPIRED -> remove(disorder, now);
            case OVERDUE ->
                node.store()
                        .underLock(connection -> new ScheduleTables(connection).makeDue(key(disorder), now)
                                && repaired(connection, disorder, now));
            case PAUSED -> resume(disorder, now);
            case MISSING -> restore(disorder, now);
            case GONE_WORKER ->
                node.store().recoverGone(disorder.subject(), connection -> repaired(connection, disorder, now));
            case LOST -> throw new IllegalStateException("a lost trigger is made anew by watching: " + disorder);
        };
    }

    private boolean remove(Disorder disorder, Instant now) throws SchedulerException {
        TriggerKey key = key(disorder);
        boolean removed = node.store().underLock(connection -> {
            Map<TriggerKey, TriggerHealth> health = TriggerHealth.of(connection, List.of(key));
            TriggerHealth found = health.get(key);
            if (found == null || !found.broken()) {
                return false;
            }
            node.store().delete(connection, key);
            return repaired(connection, disorder(found), now);
        });
        if (removed && key.getGroup().equals(ReconcileTriggers.GROUP)) {
            reconcileTriggers.ensure(now);
            if (!key.equals(ReconcileTriggers.HOURLY)) {
                // It stood for a run that has not happened.
                reconcileTriggers.armRetry(now);
            }
        }
        return removed;
    }

    private boolean resume(Disorder disorder, Instant now) throws SchedulerException {
        String group = disorder.subject();
        boolean any = node.store().underLock(connection -> {
            ScheduleTables tables = new ScheduleTables(connection);
            boolean groupWasPaused = tables.unpause(group);
            boolean triggersWerePaused = tables.resume(group) > 0;
            return (groupWasPaused || triggersWerePaused) && repaired(connection, disorder, now);
        });
        int batch;
        do {
            batch = node.store().underLock(connection -> new ScheduleTables(connection).resume(group));
        } while (batch == ScheduleTables.BATCH);
        return any;
    }

    private boolean restore(Disorder disorder, Instant now) throws SchedulerException {
        node.scheduler().addJob(AvatarTriggers.job(), true, true);
        reconcileTriggers.ensure(now);
        return database.inTransaction(connection -> repaired(connection, disorder, now));
    }

    /** Says that it was mended, in the transaction that mended it. */
    boolean repaired(Connection connection, Disorder disorder, Instant now) throws SQLException {
        events.append(
                connection,
                new Event(now, disorder.avatar(), null, node.instanceId(), EventType.REPAIRED, disorder.detail()));
        log.warn(
                "repaired kind={} subject={} problem={}",
                disorder.kind().word(),
                disorder.subject(),
                disorder.problem());
        return true;
    }
}
