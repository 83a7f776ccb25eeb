package avatarmonitor.schedule;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.reconcile.MonitoringTriggers.StartedAvatar;
import avatarmonitor.reconcile.ScheduleFault;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.quartz.TriggerKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the state of newly monitored avatars and writes their events, in the transaction that creates their triggers.
 */
final class NewMonitorings {
    /** Limit of log lines; above it the log contains only the number. Each avatar has its event. */
    private static final int LOGGED_MAX = 20;

    private static final Logger log = LoggerFactory.getLogger(NewMonitorings.class);

    private final EventWriter events;
    private final ScheduleRepair repair;

    NewMonitorings(EventWriter events, ScheduleRepair repair) {
        this.events = events;
        this.repair = repair;
    }

    /** @param avatars at least those of the triggers */
    List<StartedAvatar> begin(
            Connection connection, List<MissingTriggers.Stored> stored, Map<TriggerKey, Avatar> avatars, Instant now)
            throws SQLException {
        List<MonitoringStore.Beginning> beginnings = new ArrayList<>();
        for (MissingTriggers.Stored one : stored) {
            Avatar avatar = Objects.requireNonNull(avatars.get(one.trigger().getKey()));
            beginnings.add(new MonitoringStore.Beginning(
                    avatar.id(),
                    Objects.requireNonNull(avatar.falRequestId()),
                    one.trigger().getEndTime().toInstant()));
        }
        Map<AvatarId, MonitoringStore.Begun> begun = MonitoringStore.beginAll(connection, beginnings, now);
        List<StartedAvatar> started = new ArrayList<>();
        List<Event> written = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            MonitoringStore.Beginning beginning = beginnings.get(i);
            MonitoringStore.Begun how = Objects.requireNonNull(begun.get(beginning.id()));
            TriggerHealth remains = stored.get(i).remains();
            boolean repaired = remains != null || how == MonitoringStore.Begun.LOST;
            if (repaired) {
                ScheduleFault fault = remains == null ? ScheduleFault.lost(beginning.id()) : ScheduleFaults.of(remains);
                repair.repaired(connection, fault, beginning.requestId(), now);
            }
            EventType type = how == MonitoringStore.Begun.FIRST ? EventType.WATCHING : EventType.RESTORED;
            JsonObject detail = new JsonObject();
            detail.addProperty("window_ends_at", beginning.windowEndsAt().toString());
            written.add(events.event(now, beginning.id(), beginning.requestId(), type, detail));
            started.add(new StartedAvatar(beginning.id(), repaired));
            if (stored.size() <= LOGGED_MAX) {
                log.info(
                        "monitoring started avatar={} request={} event={}",
                        beginning.id(),
                        beginning.requestId(),
                        type.column());
            }
        }
        events.log().append(connection, written);
        if (stored.size() > LOGGED_MAX) {
            log.info("monitoring started count={}", stored.size());
        }
        return started;
    }
}
