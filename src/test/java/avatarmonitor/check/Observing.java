package avatarmonitor.check;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.NextAction.Observed;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Types;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Creates monitored avatars, and check results as a check would produce them. */
final class Observing {
    static final Instant START = Instant.parse("2026-11-23T10:00:00.123456Z");
    static final Instant SEEN_AT = START.plusSeconds(60);

    final Database database;
    final Avatars avatars;
    private int count;

    Observing(Database database) {
        this.database = database;
        this.avatars = new Avatars(database);
    }

    /** Creates a new store for each call, since the test may have changed the columns of the application. */
    ObservationStore store() {
        return new ObservationStore(database, AvatarStore.read(database, Types.SHIPPED), "worker-1");
    }

    /** Creates a monitored avatar; names are in the order of creation. */
    AvatarId watched() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", START);
        avatars.run("UPDATE avatars SET name = ? WHERE id = ?", "%05d".formatted(count++), id.value());
        begin(id);
        return id;
    }

    void begin(AvatarId id) {
        Checks.begin(database, id, "r-1", START);
    }

    /** Returns the result of a check that starts from the current state of the database. */
    Observation of(AvatarId id, Observed seen) {
        Monitoring monitoring = database.<Monitoring>read(
                connection -> MonitoringStore.find(connection, id).orElseThrow());
        Avatar avatar = new Avatar(id, "PORTRAIT", "TRAINING", monitoring.falRequestId(), START, null);
        return new Observation(
                new CheckedAvatar(id, avatar, monitoring, System.nanoTime()), seen, CheckOutcome.STILL_TRAINING, 12);
    }

    static Observed progress(int percent) {
        return new Observed("IN_PROGRESS", null, percent, 0, null, null, SEEN_AT);
    }

    Map<String, @Nullable String> watch(AvatarId id) {
        return avatars.row("SELECT * FROM avatar_monitoring WHERE avatar_id = ?", id.value());
    }
}
