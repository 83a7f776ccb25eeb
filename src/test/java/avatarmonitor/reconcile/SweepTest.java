package avatarmonitor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.clock.ClockGate;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.Types;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class SweepTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();

    /** Starts monitoring as the test defines it. */
    private interface Watching extends MonitoringTriggers {
        @Override
        List<Started> start(List<Avatar> avatars, Instant now);

        @Override
        default List<ScheduleFault> faults(Instant now, int limit) {
            return List.of();
        }

        @Override
        default boolean repair(ScheduleFault fault, Instant now) {
            return false;
        }
    }

    private Sweep sweep(Watching watching) {
        Database database = fresh.database();
        return new Sweep(
                database,
                AvatarStore.read(database, Types.SHIPPED),
                TestEvents.writer(database, InstantSource.system(), "worker"),
                watching,
                new ReconcileConfig(
                        Duration.ofHours(1),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(1),
                        StalledAction.NONE,
                        Duration.ofDays(30)),
                Duration.ofHours(24),
                ClockGate.Unchecked.GATE,
                type -> false);
    }

    private static List<MonitoringTriggers.Started> watched(List<Avatar> avatars) {
        return avatars.stream()
                .map(avatar -> new MonitoringTriggers.Started(avatar.id(), false))
                .toList();
    }

    private void trainings(int count) {
        new Avatars(fresh.database()).run("""
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                SELECT random_uuid(), 'Ada', 'STYLE', 'TRAINING', 'r-' || "X", current_timestamp - INTERVAL '1' MINUTE
                FROM system_range(1, ?)""", count);
    }

    private static boolean reached(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void secondOneWaitsForTheFirstOrLeavesItToIt() {
        Database database = fresh.database();
        Instant now = Instant.now();
        new Avatars(database).training("PORTRAIT", "r-1", now.minusSeconds(60));
        // The first call blocks for a while.
        Sweep sweep = sweep((avatars, at) -> {
            if (calls.incrementAndGet() == 1) {
                reached(goOn);
            }
            return List.of();
        });
        Thread first = new Thread(() -> sweep.over(UnmonitoredKind.ALL, Set.of(), now));
        first.start();
        await().atMost(PATIENCE).until(() -> calls.get() == 1);

        assertThat(sweep.unlessUnderWay(UnmonitoredKind.UNDECIDED, Set.of(), now).watched)
                .isZero();
        assertThat(calls).hasValue(1);
        Thread second = new Thread(() -> sweep.over(UnmonitoredKind.ALL, Set.of(), now));
        second.start();
        await().atMost(PATIENCE).until(() -> second.getState() == Thread.State.TIMED_WAITING);
        assertThat(calls).hasValue(1);

        goOn.countDown();
        await().atMost(PATIENCE).until(() -> !first.isAlive() && !second.isAlive());
        assertThat(calls).hasValue(2);
        sweep.unlessUnderWay(UnmonitoredKind.UNDECIDED, Set.of(), now);
        assertThat(calls).hasValue(3);
    }

    @Test
    void manyAreWatchedByTwoThreadsAtATime() {
        trainings(4_001);
        CountDownLatch both = new CountDownLatch(2);
        AtomicInteger met = new AtomicInteger();
        Set<AvatarId> seen = ConcurrentHashMap.newKeySet();
        SweepResult swept = sweep((avatars, at) -> {
                    both.countDown();
                    met.addAndGet(reached(both) ? 1 : 0);
                    avatars.forEach(avatar -> seen.add(avatar.id()));
                    return watched(avatars);
                })
                .over(UnmonitoredKind.ALL, Set.of(), Instant.now());

        assertThat(met).hasValue(5);
        assertThat(swept.watched).isEqualTo(4_001);
        assertThat(seen).hasSize(4_001);
    }

    @Test
    void failureOfEitherThreadIsThrownWhenTheOtherHasWatchedTheRest() {
        for (boolean callers : new boolean[] {true, false}) {
            Thread caller = Thread.currentThread();
            CountDownLatch failed = new CountDownLatch(1);
            AtomicInteger others = new AtomicInteger();
            new Avatars(fresh.database()).run("DELETE FROM avatars");
            trainings(3_000);
            Sweep sweep = sweep((avatars, at) -> {
                if ((Thread.currentThread() == caller) == callers) {
                    failed.countDown();
                    throw new StoreException(new SQLException("planted"));
                }
                reached(failed);
                others.addAndGet(avatars.size());
                return watched(avatars);
            });
            assertThatThrownBy(() -> sweep.over(UnmonitoredKind.ALL, Set.of(), Instant.now()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("planted");
            assertThat(others).hasValue(2_000);
        }
    }
}
