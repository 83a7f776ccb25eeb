package avatarmonitor.reconcile;

import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.clock.ClockGate;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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
        List<StartedAvatar> monitor(List<Avatar> avatars, Instant now);

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
        return Reconciling.sweep(fresh.database(), watching, ClockGate.Unchecked.GATE);
    }

    private static List<MonitoringTriggers.StartedAvatar> watched(List<Avatar> avatars) {
        return avatars.stream()
                .map(avatar -> new MonitoringTriggers.StartedAvatar(avatar.id(), false))
                .toList();
    }

    private void trainings(int count) {
        new Avatars(fresh.database()).run("""
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                SELECT random_uuid(), 'Ada', 'STYLE', 'TRAINING', 'r-' || "X", current_timestamp - INTERVAL '1' MINUTE
                FROM system_range(1, ?)""", count);
    }

    @Test
    void secondOneWaitsForTheFirstOrLeavesItToIt() {
        Database database = fresh.database();
        Instant now = Instant.now();
        new Avatars(database).training("PORTRAIT", "r-1", now.minusSeconds(60));
        // The first call blocks for a while.
        Sweep sweep = sweep((avatars, at) -> {
            if (calls.incrementAndGet() == 1) {
                awaitLatch(goOn);
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
        Background.run(() -> sweep.unlessUnderWay(UnmonitoredKind.UNDECIDED, Set.of(), now))
                .join();
        assertThat(calls).as("on another thread").hasValue(4);
    }

    @Test
    void manyAreWatchedByTwoThreadsAtATime() {
        trainings(4_001);
        CountDownLatch both = new CountDownLatch(2);
        AtomicInteger met = new AtomicInteger();
        Set<AvatarId> seen = ConcurrentHashMap.newKeySet();
        SweepResult swept = sweep((avatars, at) -> {
                    both.countDown();
                    awaitLatch(both);
                    met.incrementAndGet();
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
                awaitLatch(failed);
                others.addAndGet(avatars.size());
                return watched(avatars);
            });
            assertThatThrownBy(() -> sweep.over(UnmonitoredKind.ALL, Set.of(), Instant.now()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("planted");
            assertThat(others).hasValue(2_000);
        }
    }

    @Test
    void eachAvatarIsCountedByWhatBecameOfIt() {
        Avatars avatars = new Avatars(fresh.database());
        Instant now = Instant.now();
        AvatarId young = avatars.training("STYLE", "r-1", now.minusSeconds(60));
        AvatarId other = avatars.training("STYLE", "r-2", now.minusSeconds(60));
        AvatarId old = avatars.training("STYLE", "r-3", now.minus(Duration.ofHours(25)));
        AvatarId odd = avatars.training("STYLE", "../x", now.minusSeconds(60));
        AvatarId gone = new AvatarId(UUID.randomUUID());
        Sweep sweep = sweep((given, at) -> given.stream()
                .map(avatar -> new MonitoringTriggers.StartedAvatar(
                        avatar.id(), avatar.id().equals(young)))
                .toList());

        SweepResult swept = sweep.over(List.of(young, gone, old, odd, other), now);

        assertThat(List.of(swept.watched, swept.repaired, swept.stalled, swept.invalid))
                .containsExactly(2, 1, 1, 1);
        swept.requireComplete();
        SweepResult again = sweep.over(UnmonitoredKind.ALL, Set.of(young, gone), now);
        assertThat(List.of(again.watched, again.repaired, again.stalled, again.invalid))
                .containsExactly(1, 0, 0, 0);
        assertThat(again.passedOver).containsExactly(young);
    }

    @Test
    void avatarThatCannotBeSettledKeepsNoOtherFromBeingStartedAndIsAFailure() {
        Avatars avatars = new Avatars(fresh.database());
        Instant now = Instant.now();
        AvatarId old = avatars.training("STYLE", "r-1", now.minus(Duration.ofHours(25)));
        AvatarId young = avatars.training("STYLE", "r-2", now.minusSeconds(60));
        avatars.run("ALTER TABLE avatar_monitoring ADD CONSTRAINT refused CHECK (avatar_id <> '" + old + "')");

        SweepResult swept = sweep((given, at) -> watched(given)).over(List.of(old, young), now);

        assertThat(swept.watched).isEqualTo(1);
        assertThat(swept.stalled).isZero();
        assertThatThrownBy(swept::requireComplete).isInstanceOf(StoreException.class);
    }

    @Test
    void countsOfTwoThreadsAreAddedAndEitherFailureStays() {
        SweepResult all = new SweepResult();
        for (int i = 1; i <= 2; i++) {
            SweepResult one = new SweepResult();
            one.watched = i;
            one.repaired = 10 * i;
            one.stalled = 100 * i;
            one.invalid = 1_000 * i;
            one.passedOver.add(new AvatarId(new UUID(0, i)));
            one.failure = i == 1 ? new IllegalStateException("planted") : null;
            all.add(one);
        }
        assertThat(List.of(all.watched, all.repaired, all.stalled, all.invalid)).containsExactly(3, 30, 300, 3_000);
        assertThat(all.passedOver).containsExactly(new AvatarId(new UUID(0, 1)), new AvatarId(new UUID(0, 2)));
        assertThatThrownBy(all::requireComplete).hasMessage("planted");
    }

    @Test
    void interruptedThreadDoesNotWaitForAnotherSweepAndStaysInterrupted() throws Exception {
        Sweep sweep = sweep((avatars, at) -> {
            if (calls.incrementAndGet() == 1) {
                awaitLatch(goOn);
            }
            return List.of();
        });
        new Avatars(fresh.database()).training("PORTRAIT", "r-1", Instant.now().minusSeconds(60));
        Thread first = new Thread(() -> sweep.over(UnmonitoredKind.ALL, Set.of(), Instant.now()));
        first.start();
        await().atMost(PATIENCE).until(() -> calls.get() == 1);
        AtomicBoolean interrupted = new AtomicBoolean();
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        Thread second = new Thread(() -> {
            Thread.currentThread().interrupt();
            try {
                sweep.over(UnmonitoredKind.ALL, Set.of(), Instant.now());
            } catch (RuntimeException whileInterrupted) {
                failure.set(whileInterrupted);
            } finally {
                interrupted.set(Thread.currentThread().isInterrupted());
            }
        });
        second.start();
        second.join(PATIENCE.toMillis());
        assertThat(interrupted).isTrue();
        assertThat(failure.get()).as("no connection is given to it").isInstanceOf(StoreException.class);
        goOn.countDown();
        first.join(PATIENCE.toMillis());
    }
}
