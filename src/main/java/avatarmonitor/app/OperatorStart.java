package avatarmonitor.app;

import avatarmonitor.app.start.MonitoringStart;
import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.schedule.MonitoringSchedule;
import avatarmonitor.schedule.Overridden;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An operator's start of monitoring, with changes of the training's settings. */
final class OperatorStart {
    private final Database database;
    private final AvatarStore avatars;
    private final MonitoringSchedule schedule;
    private final MonitoringStart start;

    OperatorStart(Database database, AvatarStore avatars, MonitoringSchedule schedule, MonitoringStart start) {
        this.database = database;
        this.avatars = avatars;
        this.schedule = schedule;
        this.start = start;
    }

    /** Starts monitoring unless that is not allowed, and applies the change. */
    Monitored monitor(AvatarId id, Overrides.Change change) {
        // A refusal must not leave changed settings behind.
        Optional<String> refusal = change.isNothing() ? Optional.empty() : start.refusal(id, change);
        if (refusal.isPresent()) {
            return new Monitored.Refused(refusal.get());
        }
        // First the settings: a deadline may be what allows an old training to be monitored again.
        Overridden before = override(id, change);
        Monitored started =
                before instanceof Overridden.Refused no ? new Monitored.Refused(no.reason()) : start(id, change);
        if (started instanceof Monitored.Refused) {
            return started;
        }
        Overridden now = before instanceof Overridden.NeverMonitored ? override(id, change) : before;
        if (now instanceof Overridden.Refused no) {
            return new Monitored.Refused(no.reason());
        }
        return now instanceof Overridden.Applied applied && !change.isNothing()
                ? new Monitored.Changed(nextCheck(id), applied.overrides())
                : started;
    }

    private Overridden override(AvatarId id, Overrides.Change change) {
        String requestId = change.isNothing()
                ? null
                : database.read(connection -> avatars.find(connection, id))
                        .filter(Avatar::isTraining)
                        .map(Avatar::falRequestId)
                        .orElse(null);
        return requestId == null ? new Overridden.NeverMonitored() : schedule.override(id, requestId, change);
    }

    private Monitored start(AvatarId id, Overrides.Change change) {
        MonitoringStart.Result started = start.start(List.of(id), change);
        String refusal = started.refused().get(id);
        if (refusal != null) {
            return new Monitored.Refused(refusal);
        }
        Instant next = nextCheck(id);
        return started.started().contains(id) ? new Monitored.Started(next) : new Monitored.AlreadyMonitored(next);
    }

    private @Nullable Instant nextCheck(AvatarId id) {
        return database.read(connection -> Jdbc.first(
                        connection,
                        "SELECT next_check_at FROM v_watched WHERE avatar_id = ?",
                        row -> row.getObject(1, OffsetDateTime.class),
                        id.value()))
                .map(OffsetDateTime::toInstant)
                .orElse(null);
    }
}
