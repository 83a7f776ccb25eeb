package avatarmonitor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.ClockGate;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Locks;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.Types;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A check and a reconcile end the same training at the same time. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class LockOrderTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;

    LockOrderTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    @Test
    void stalledTrainingIsSetToErrorWithoutADeadlockWithItsCheck() throws Exception {
        Instant started = Instant.now().minus(Duration.ofDays(2));
        AvatarId id = new Avatars(database).training("STYLE", "r-1", started);
        AvatarStore avatars = AvatarStore.read(database, Types.SHIPPED);
        database.inTransaction(
                connection -> MonitoringStore.begin(connection, id, "r-1", started, started.plus(Duration.ofHours(1))));
        UnmonitoredResolver resolver = resolver(avatars, StalledAction.ERROR);
        Avatar avatar = database.read(connection -> avatars.find(connection, id).orElseThrow());
        Monitoring monitoring =
                database.read(connection -> MonitoringStore.find(connection, id).orElseThrow());

        CompletableFuture<UnmonitoredResolver.Resolution> settled = database.inTransaction(check -> {
            run(check.prepareStatement("UPDATE avatars SET training_progress = 50 WHERE id = ?"), id);
            CompletableFuture<UnmonitoredResolver.Resolution> other =
                    Background.supply(() -> resolver.resolve(avatar, monitoring, Instant.now()));
            Locks.awaitWaiting(database);
            run(check.prepareStatement("UPDATE avatar_monitoring SET checks = checks + 1 WHERE avatar_id = ?"), id);
            return other;
        });

        assertThat(settled.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(UnmonitoredResolver.Resolution.STALLED);
        assertThat(new Avatars(database).row(id)).containsEntry("status", "ERROR");
        assertThat(new Avatars(database).events(id)).isEqualTo("window_expired,stalled");
    }

    @Test
    void trainingThatACheckIsAboutToEndDoesNotStall() throws Exception {
        Instant started = Instant.now().minus(Duration.ofDays(2));
        AvatarId id = new Avatars(database).training("STYLE", "r-1", started);
        AvatarStore avatars = AvatarStore.read(database, Types.SHIPPED);
        UnmonitoredResolver resolver = resolver(avatars, StalledAction.NONE);
        Avatar avatar = database.read(connection -> avatars.find(connection, id).orElseThrow());

        database.inTransaction(check -> {
            run(check.prepareStatement("UPDATE avatars SET status = 'COMPLETED' WHERE id = ?"), id);
            assertThat(Background.supply(() -> resolver.resolve(avatar, null, Instant.now())))
                    .succeedsWithin(TIMEOUT)
                    .isEqualTo(UnmonitoredResolver.Resolution.UNCHANGED);
            return true;
        });
        assertThat(new Avatars(database).events(id)).isEqualTo("null");
    }

    private UnmonitoredResolver resolver(AvatarStore avatars, StalledAction action) {
        return new UnmonitoredResolver(
                database,
                avatars,
                TestEvents.writer(database, InstantSource.system(), "worker"),
                Reconciling.config(action),
                Duration.ofHours(24),
                ClockGate.of(Instant::now),
                type -> false);
    }

    private static void run(PreparedStatement update, AvatarId id) throws SQLException {
        try (update) {
            update.setObject(1, id.value());
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }
}
