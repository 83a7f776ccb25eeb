package avatarmonitor.schedule;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.check.OverrideStore;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.schedule.quartz.StoredTriggers;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/** Changes the overrides of one training: its row, its trigger and the event in one transaction. */
final class OverrideWriter {
    private final StoredTriggers stored;
    private final AvatarTriggers triggers;
    private final EventWriter events;

    OverrideWriter(StoredTriggers stored, AvatarTriggers triggers, EventWriter events) {
        this.stored = stored;
        this.triggers = triggers;
        this.events = events;
    }

    /**
     * Applies a change to the training with this request. A live trigger is replaced by one that is due now.
     *
     * @throws JobPersistenceException when the database failed; then nothing was changed
     */
    Overridden apply(AvatarId id, String requestId, Overrides.Change change, Instant now)
            throws JobPersistenceException {
        return stored.underTriggerLock(connection -> {
            Monitoring monitoring =
                    MonitoringStore.find(connection, id, requestId).orElse(null);
            Overrides before = monitoring == null ? Overrides.NONE : monitoring.overrides();
            Overrides wanted = change.of(before);
            String fault = triggers.fault(wanted, now);
            if (fault != null) {
                return new Overridden.Refused(fault);
            }
            if (monitoring == null) {
                return new Overridden.NeverMonitored();
            }
            if (!wanted.equals(before)) {
                Instant windowEndsAt = replaceTrigger(connection, id, wanted, now);
                OverrideStore.write(connection, id, requestId, wanted, windowEndsAt);
                events.append(connection, now, id, requestId, EventType.OVERRIDDEN, detail(wanted));
            }
            return new Overridden.Applied(wanted);
        });
    }

    /** Returns the end of the new window; null when there is no live trigger. */
    private @Nullable Instant replaceTrigger(Connection connection, AvatarId id, Overrides wanted, Instant now)
            throws SQLException {
        TriggerKey key = AvatarTriggers.key(id);
        TriggerHealth present = TriggerHealth.of(connection, List.of(key)).get(key);
        if (present == null || present.broken()) {
            return null;
        }
        OperableTrigger trigger = triggers.dueNow(id, now, wanted);
        stored.delete(connection, key);
        stored.insert(connection, List.of(trigger), AvatarTriggers.job());
        return trigger.getEndTime().toInstant();
    }

    private static JsonObject detail(Overrides wanted) {
        JsonObject detail = new JsonObject();
        if (wanted.window() != null) {
            detail.addProperty("window_seconds", wanted.window().toSeconds());
        }
        if (wanted.interval() != null) {
            detail.addProperty("interval_seconds", wanted.interval().toSeconds());
        }
        if (wanted.deadline() != null) {
            detail.addProperty("deadline", wanted.deadline().toString());
        }
        if (wanted.priority() != null) {
            detail.addProperty("priority", wanted.priority());
        }
        return detail;
    }
}
