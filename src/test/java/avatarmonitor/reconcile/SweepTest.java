package avatarmonitor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.WatchStore;
import avatarmonitor.event.EventLog;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.store.AvatarSchema;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class SweepTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();

    /** Takes its time over the first. */
    private final Watchlist slow = new Watchlist() {
        @Override
        public List<Watched> watch(List<Avatar> avatars, Instant now) {
            if (calls.incrementAndGet() == 1) {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return List.of();
        }

        @Override
        public List<Disorder> disorders(Instant now, int limit) {
            return List.of();
        }

        @Override
        public boolean mend(Disorder disorder, Instant now) {
            return false;
        }
    };

    @Test
    void secondOneWaitsForTheFirstOrLeavesItToIt() {
        Database database = fresh.database();
        Instant now = Instant.now();
        new Avatars(database).training("PORTRAIT", "r-1", now.minusSeconds(60));
        Sweep sweep = new Sweep(
                database,
                new AvatarStore(database.dialect(), AvatarSchema.read(database)),
                new WatchStore(),
                new EventLog(database.dialect()),
                slow,
                new ReconcileConfig(
                        Duration.ofHours(1),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(1),
                        StalledAction.NONE,
                        Duration.ofDays(30)),
                Duration.ofHours(24),
                "worker");
        Thread first = new Thread(() -> sweep.over(Unwatched.ALL, Set.of(), now));
        first.start();
        await().atMost(PATIENCE).until(() -> calls.get() == 1);

        assertThat(sweep.unlessUnderWay(Unwatched.UNDECIDED, Set.of(), now).watched())
                .isZero();
        assertThat(calls).hasValue(1);
        Thread second = new Thread(() -> sweep.over(Unwatched.ALL, Set.of(), now));
        second.start();
        await().atMost(PATIENCE).until(() -> second.getState() == Thread.State.TIMED_WAITING);
        assertThat(calls).hasValue(1);

        goOn.countDown();
        await().atMost(PATIENCE).until(() -> !first.isAlive() && !second.isAlive());
        assertThat(calls).hasValue(2);
        sweep.unlessUnderWay(Unwatched.UNDECIDED, Set.of(), now);
        assertThat(calls).hasValue(3);
    }
}
