package avatarmonitor.reconcile;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.ClockGate;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.Types;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parts of reconcile and scan, with the shipped times and triggers that are only recorded. */
public final class Reconciling {
    private Reconciling() {}

    /** Interval 1 h, retry after 5 min, scan each minute, events kept for 30 days. */
    public static ReconcileConfig config(StalledAction action) {
        return new ReconcileConfig(
                Duration.ofHours(1), Duration.ofMinutes(5), Duration.ofMinutes(1), action, Duration.ofDays(30));
    }

    /** Schedules trainings that are at most 24 h old; stalled ones stay in TRAINING. */
    static Sweep sweep(Database database, MonitoringTriggers triggers, ClockGate gate) {
        return new Sweep(
                database,
                AvatarStore.read(database, Types.SHIPPED),
                TestEvents.writer(database, InstantSource.system(), "worker"),
                triggers,
                config(StalledAction.NONE),
                Duration.ofHours(24),
                gate,
                type -> false);
    }

    /**
     * Triggers that exist only here: each avatar gets one, and each fault is repaired, except for one whose problem is
     * {@code gone}.
     */
    static final class FakeTriggers implements MonitoringTriggers {
        final List<AvatarId> started = new ArrayList<>();
        final List<String> repaired = new ArrayList<>();
        final List<Integer> limits = new ArrayList<>();
        List<ScheduleFault> faults = List.of();

        /** Subject of the fault whose repair fails. */
        String broken = "";

        @Override
        public List<StartedAvatar> monitor(List<Avatar> avatars, Instant now) {
            avatars.forEach(avatar -> started.add(avatar.id()));
            return avatars.stream()
                    .map(avatar -> new StartedAvatar(avatar.id(), false))
                    .toList();
        }

        @Override
        public List<ScheduleFault> faults(Instant now, int limit) {
            limits.add(limit);
            return faults;
        }

        @Override
        public boolean repair(ScheduleFault fault, Instant now) {
            repaired.add(fault.subject());
            if (fault.subject().equals(broken)) {
                throw new IllegalStateException("planted");
            }
            return !fault.problem().equals("gone");
        }
    }

    /** A clock whose time and whose database's time are those of the test; trouble closes the gate. */
    static final class FakeClock implements InstantSource, ClockGate {
        Instant now;
        Optional<String> trouble = Optional.empty();

        FakeClock(Instant now) {
            this.now = now;
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public Optional<String> trouble() {
            return trouble;
        }

        @Override
        public Instant require(Connection connection, Dialect dialect) {
            return now;
        }
    }
}
