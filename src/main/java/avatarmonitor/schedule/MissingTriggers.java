package avatarmonitor.schedule;

import avatarmonitor.schedule.quartz.StoredTriggers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/** Stores missing triggers in batches, and replaces remains of broken ones. */
final class MissingTriggers {
    /** Limit up to which all are stored in one transaction; above it the batch size adapts. */
    private static final int BATCH = 200;

    private final StoredTriggers triggers;

    MissingTriggers(StoredTriggers triggers) {
        this.triggers = triggers;
    }

    /**
     * A trigger that was stored.
     *
     * @param remains broken trigger that it replaced; null when there was none
     */
    record Stored(OperableTrigger trigger, @Nullable TriggerHealth remains) {}

    /** Additional writes in the same transaction as the triggers. */
    interface Together {
        void write(Connection connection, List<Stored> stored) throws SQLException;
    }

    /**
     * Stores those of the triggers that are not live in the database, and replaces broken ones. Several processes may
     * do this with the same triggers at the same time: each trigger is stored by one of them.
     *
     * @param wanted all of one group; one that has a next fire time already keeps it
     * @param shared their job, stored too when it is missing
     * @param together called in each transaction that stores triggers, with those that it stores
     * @return the triggers that this call stored
     * @throws JobPersistenceException when the database or {@code together} failed; earlier batches may have been
     *     stored
     */
    List<Stored> store(List<OperableTrigger> wanted, JobDetail shared, Together together)
            throws JobPersistenceException {
        Map<TriggerKey, OperableTrigger> distinct = new LinkedHashMap<>();
        for (OperableTrigger trigger : wanted) {
            trigger.setJobKey(shared.getKey());
            if (trigger.getNextFireTime() == null && trigger.computeFirstFireTime(null) == null) {
                throw new IllegalStateException("trigger would never fire: " + trigger);
            }
            distinct.put(trigger.getKey(), trigger);
        }
        List<OperableTrigger> all = List.copyOf(distinct.values());
        if (all.isEmpty() || (all.size() <= BATCH && allAlive(all))) {
            return List.of();
        }
        List<Stored> stored = new ArrayList<>();
        for (int from = 0; from < all.size(); ) {
            int size = all.size() <= BATCH ? BATCH : triggers.insertBatch(from);
            List<OperableTrigger> batch = all.subList(from, Math.min(all.size(), from + size));
            stored.addAll(triggers.underTriggerLock(connection -> storeBatch(connection, batch, shared, together)));
            from += batch.size();
        }
        return stored;
    }

    /**
     * Returns whether all triggers are live: several workers often store the same few, and only the first needs the
     * cluster-wide lock.
     */
    private boolean allAlive(List<OperableTrigger> all) throws JobPersistenceException {
        List<TriggerKey> keys = all.stream().map(OperableTrigger::getKey).toList();
        Map<TriggerKey, TriggerHealth> present = triggers.read(connection -> TriggerHealth.of(connection, keys));
        return keys.stream().allMatch(key -> {
            TriggerHealth health = present.get(key);
            return health != null && !health.broken();
        });
    }

    private List<Stored> storeBatch(
            Connection connection, List<OperableTrigger> batch, JobDetail shared, Together together)
            throws SQLException {
        Map<TriggerKey, TriggerHealth> present = TriggerHealth.of(
                connection, batch.stream().map(OperableTrigger::getKey).toList());
        List<Stored> stored = new ArrayList<>();
        List<OperableTrigger> missing = new ArrayList<>();
        for (OperableTrigger trigger : batch) {
            TriggerHealth remains = present.get(trigger.getKey());
            if (remains != null && !remains.broken()) {
                continue;
            }
            if (remains != null) {
                triggers.delete(connection, trigger.getKey());
            }
            missing.add(trigger);
            stored.add(new Stored(trigger, remains));
        }
        triggers.insert(connection, missing, shared);
        if (!stored.isEmpty()) {
            together.write(connection, stored);
        }
        return stored;
    }
}
