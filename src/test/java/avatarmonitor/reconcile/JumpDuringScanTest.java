package avatarmonitor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventWriter;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.store.ClockException;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.ClockGate;
import avatarmonitor.store.clock.DatabaseTime;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Faults and trainings that were read while the clock jumped are not acted on. */
final class JumpDuringScanTest {
    private static final ReconcileConfig CONFIG = Reconciling.config(StalledAction.NONE);

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final Database database = fresh.database();
    private final EventLog events = new EventLog(database.dialect());
    private final List<String> acts = new ArrayList<>();
    private final JumpingClock clock = new JumpingClock();

    private static final class JumpingClock implements InstantSource, ClockGate {
        private boolean jumped;

        @Override
        public Instant instant() {
            return InstantSource.system().instant();
        }

        @Override
        public Optional<String> trouble() {
            return jumped ? Optional.of("jumped") : Optional.empty();
        }

        @Override
        public Instant require(Connection connection, Dialect dialect) throws SQLException {
            if (jumped) {
                throw new ClockException("jumped");
            }
            return DatabaseTime.now(connection, dialect);
        }
    }

    /** The clock jumps while the faults are read. */
    private final MonitoringTriggers triggers = new MonitoringTriggers() {
        @Override
        public List<StartedAvatar> monitor(List<Avatar> avatars, Instant now) {
            if (!avatars.isEmpty()) {
                acts.add("start");
            }
            return List.of();
        }

        @Override
        public List<ScheduleFault> faults(Instant now, int limit) {
            clock.jumped = true;
            return List.of(new ScheduleFault(ScheduleFault.Kind.EXPIRED, "avatar/x", "its window has ended", null));
        }

        @Override
        public boolean repair(ScheduleFault fault, Instant now) {
            acts.add("repair");
            return true;
        }
    };

    private Sweep sweep() {
        return Reconciling.sweep(database, triggers, clock);
    }

    @Test
    void scannerRepairsNothing() {
        Scanner scanner = new Scanner(
                database, new EventWriter(database, events, clock, "worker"), sweep(), triggers, CONFIG, clock);

        assertThatThrownBy(scanner::run).isInstanceOf(ClockException.class);

        assertThat(acts).isEmpty();
    }

    @Test
    void reconcileRepairsNothing() {
        Reconciler reconciler = new Reconciler(
                database,
                new EventWriter(database, events, clock, "worker"),
                List.of(),
                sweep(),
                triggers,
                CONFIG,
                (took, succeeded) -> {},
                clock,
                true);

        assertThatThrownBy(reconciler::run).isInstanceOf(ClockException.class);

        assertThat(acts).isEmpty();
    }

    @Test
    void sweepStartsNothing() {
        new Avatars(database).training("STYLE", "r-1", Instant.now().minusSeconds(60));
        Sweep sweep = sweep();
        clock.jumped = true;

        assertThatThrownBy(() -> sweep.over(UnmonitoredKind.ALL, Set.of(), Instant.now()))
                .isInstanceOf(ClockException.class);

        assertThat(acts).isEmpty();
    }
}
