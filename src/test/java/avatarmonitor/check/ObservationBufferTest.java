package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.Background;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the write-behind buffer is flushed, and that it loses no results without need. */
final class ObservationBufferTest {
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Paper paper = new Paper();
    private ObservationBuffer observationBuffer = with(SOON, 500, 10_000, NEVER);

    private ObservationBuffer with(Duration delay, int group, int kept, Duration room) {
        return new ObservationBuffer(
                paper, "worker-1", new ObservationBuffer.Limits(delay, group, kept, room, SOON, 3));
    }

    @AfterEach
    void stop() throws Exception {
        paper.away = false;
        paper.busy.clear();
        observationBuffer.stop(PATIENCE);
    }

    @Test
    void beforeTheStartAndAfterTheStopEverythingIsWrittenAtOnce() throws Exception {
        assertThat(observationBuffer.note(observation())).isTrue();
        assertThat(paper.alone).hasSize(1);
        observationBuffer.start();
        assertThat(observationBuffer.stop(PATIENCE)).isTrue();
        assertThat(observationBuffer.note(observation())).isTrue();
        assertThat(paper.alone).hasSize(2);
        assertThat(paper.groups).isEmpty();
    }

    @Test
    void whatComesWithinTheDelayIsWrittenInOneGroupAndNoLater() {
        observationBuffer = with(Duration.ofSeconds(1), 500, 10_000, NEVER);
        observationBuffer.start();
        List<Observation> wanted = List.of(observation(), observation(), observation());
        wanted.forEach(one -> assertThat(observationBuffer.note(one)).isTrue());
        assertThat(observationBuffer.keeps(wanted.get(0).id())).isTrue();
        await().atMost(PATIENCE).until(() -> !paper.groups.isEmpty());
        assertThat(paper.groups).containsExactly(wanted);
        await().until(() -> !observationBuffer.keeps(wanted.get(0).id()));
    }

    @Test
    void wholeGroupDoesNotWaitForTheDelay() {
        observationBuffer = with(NEVER, 3, 10_000, NEVER);
        observationBuffer.start();
        List<Observation> wanted = List.of(observation(), observation(), observation());
        wanted.forEach(observationBuffer::note);
        await().atMost(PATIENCE).until(() -> paper.groups.equals(List.of(wanted)));
    }

    @Test
    void stopWritesWhatIsKeptInGroups() throws Exception {
        observationBuffer = with(NEVER, 2, 10_000, NEVER);
        paper.gate = new CountDownLatch(1);
        observationBuffer.start();
        List<Observation> wanted = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            wanted.add(observation());
            observationBuffer.note(wanted.get(i));
        }
        // The first group is being written, and five results are pending when the buffer is closed.
        paper.writing.await();
        FutureTask<Boolean> stop = new FutureTask<>(() -> observationBuffer.stop(PATIENCE));
        Thread stopping = new Thread(stop);
        stopping.start();
        await().atMost(PATIENCE).until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
        paper.gate.countDown();
        assertThat(stop.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(paper.groups)
                .containsExactly(
                        wanted.subList(0, 2), wanted.subList(2, 4), wanted.subList(4, 6), wanted.subList(6, 7));
    }

    @Test
    void stopDoesNotWaitLongerForTheDatabaseThanItMay() throws Exception {
        observationBuffer = with(NEVER, 1, 10_000, NEVER);
        paper.gate = new CountDownLatch(1);
        observationBuffer.start();
        observationBuffer.note(observation());
        assertThat(observationBuffer.stop(SOON)).isFalse();
        paper.gate.countDown();
    }

    @Test
    void secondObservationOfOneAvatarIsOvertakenUntilTheFirstIsWritten() {
        observationBuffer = with(NEVER, 500, 10_000, NEVER);
        observationBuffer.start();
        Observation first = observation();
        assertThat(observationBuffer.note(first)).isTrue();
        assertThat(observationBuffer.note(first)).isFalse();

        observationBuffer.write(first.id());

        assertThat(paper.groups).containsExactly(List.of(first));
        assertThat(observationBuffer.keeps(first.id())).isFalse();
        assertThat(observationBuffer.note(first)).isTrue();
    }

    @Test
    void refusedObservationDoesNotKeepTheNextCheckFromBeingMade() {
        observationBuffer = with(NEVER, 500, 10_000, NEVER);
        observationBuffer.start();
        Observation one = observation();
        observationBuffer.note(one);
        paper.defect = new StoreException(new SQLException("not this one", "45000"));

        observationBuffer.write(one.id());

        assertThat(observationBuffer.keeps(one.id())).isFalse();
        assertThat(paper.alone).isEmpty();
    }

    @Test
    void whoReadsWaitsForTheGroupThatIsBeingWritten() throws Exception {
        paper.gate = new CountDownLatch(1);
        observationBuffer.start();
        Observation one = observation();
        observationBuffer.note(one);
        paper.writing.await();
        CompletableFuture<Void> reader = Background.run(() -> observationBuffer.write(one.id()));
        assertThat(reader).isNotDone();
        paper.gate.countDown();
        reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(paper.groups).containsExactly(List.of(one));
        assertThat(paper.alone).as("not written twice").isEmpty();
    }

    @Test
    void failedDatabaseLosesNothingThatWasKept() {
        paper.away = true;
        observationBuffer.start();
        Observation one = observation();
        observationBuffer.note(one);
        await().atMost(PATIENCE).until(() -> paper.failures > 2);
        assertThat(observationBuffer.keeps(one.id())).isTrue();
        assertThatThrownBy(() -> observationBuffer.write(one.id())).isInstanceOf(StoreException.class);
        assertThat(observationBuffer.keeps(one.id())).isTrue();
        paper.away = false;
        await().atMost(PATIENCE).until(() -> paper.groups.equals(List.of(List.of(one))));
    }

    @Test
    void failureIsOverWhenNothingIsLeftToWrite() {
        observationBuffer = new ObservationBuffer(
                paper, "worker-1", new ObservationBuffer.Limits(SOON, 500, 10_000, NEVER, NEVER, 3));
        paper.away = true;
        observationBuffer.start();
        Observation one = observation();
        observationBuffer.note(one);
        await().atMost(PATIENCE).until(() -> observationBuffer.failure().isPresent());
        paper.away = false;

        observationBuffer.write(one.id());

        assertThat(observationBuffer.failure()).isEmpty();
    }

    @Test
    void checkWaitsForRoomWhileTheDatabaseIsAway() throws Exception {
        observationBuffer = with(SOON, 500, 2, NEVER);
        paper.away = true;
        observationBuffer.start();
        observationBuffer.note(observation());
        observationBuffer.note(observation());
        Observation third = observation();
        CompletableFuture<Boolean> waiting = Background.supply(() -> observationBuffer.note(third));
        await().atMost(PATIENCE).until(() -> paper.failures > 2);
        assertThat(waiting).isNotDone();
        paper.away = false;
        assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        await().atMost(PATIENCE).until(() -> paper.names().contains(third.id()));
    }

    @Test
    void withoutRoomTheObservationIsDroppedAndTheCheckGoesOn() {
        observationBuffer = with(SOON, 500, 1, SOON);
        paper.away = true;
        observationBuffer.start();
        Observation first = observation();
        Observation second = observation();
        observationBuffer.note(first);
        assertThat(observationBuffer.note(second)).isTrue();
        assertThat(observationBuffer.keeps(second.id())).isFalse();
        paper.away = false;
        await().atMost(PATIENCE).until(() -> !observationBuffer.keeps(first.id()));
        assertThat(paper.names()).containsExactly(first.id());
    }

    @Test
    void lockedRowIsRetriedAfterTheOthersAndNotForEver() {
        Observation held = observation();
        Observation freed = observation();
        paper.busy.add(held.id());
        paper.busyOnce.add(freed.id());
        observationBuffer.start();
        observationBuffer.note(held);
        observationBuffer.note(freed);
        await().atMost(PATIENCE)
                .until(() -> !observationBuffer.keeps(held.id()) && !observationBuffer.keeps(freed.id()));
        assertThat(paper.names()).containsExactly(freed.id());
        assertThat(paper.tries).isEqualTo(3);
    }

    @Test
    void defectLosesItsGroupAndNothingElse() {
        paper.defect = new IllegalStateException("planted");
        observationBuffer.start();
        Observation first = observation();
        observationBuffer.note(first);
        await().atMost(PATIENCE).until(() -> !observationBuffer.keeps(first.id()));
        paper.defect = null;
        Observation second = observation();
        observationBuffer.note(second);
        await().atMost(PATIENCE).until(() -> paper.names().contains(second.id()));
    }

    @Test
    void errorEndsNothing() {
        paper.defect = new OutOfMemoryError("planted");
        observationBuffer.start();
        Observation one = observation();
        observationBuffer.note(one);
        await().atMost(PATIENCE).until(() -> paper.failures > 2);
        paper.defect = null;
        await().atMost(PATIENCE).until(() -> paper.names().contains(one.id()));
    }

    private static Observation observation() {
        AvatarId id = new AvatarId(UUID.randomUUID());
        Avatar avatar = new Avatar(id, "STYLE", "TRAINING", "r-1", Observing.START, null);
        Monitoring monitoring = Monitoring.unknown("r-1", Observing.START);
        return new Observation(
                new CheckedAvatar(id, avatar, monitoring, 0), Observing.progress(10), CheckOutcome.STILL_TRAINING, 12);
    }

    /** Records what is written. */
    private static final class Paper implements Observations {
        final List<Observation> alone = new CopyOnWriteArrayList<>();
        final List<List<Observation>> groups = new CopyOnWriteArrayList<>();
        final Set<AvatarId> busy = ConcurrentHashMap.newKeySet();
        final Set<AvatarId> busyOnce = ConcurrentHashMap.newKeySet();
        final CountDownLatch writing = new CountDownLatch(1);
        volatile CountDownLatch gate = new CountDownLatch(0);
        volatile boolean away;
        volatile @Nullable Throwable defect;
        volatile int failures;
        volatile int tries;

        @Override
        public boolean write(Observation observation) {
            fail();
            alone.add(observation);
            return true;
        }

        @Override
        public synchronized Written write(List<Observation> group) {
            writing.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            fail();
            Set<AvatarId> held = new HashSet<>();
            for (Observation one : group) {
                if (busy.contains(one.id()) || busyOnce.remove(one.id())) {
                    held.add(one.id());
                }
            }
            tries += held.isEmpty() ? 0 : 1;
            List<Observation> written =
                    group.stream().filter(one -> !held.contains(one.id())).toList();
            if (!written.isEmpty()) {
                groups.add(written);
            }
            return new Written(
                    new HashSet<>(written.stream().map(Observation::id).toList()), held);
        }

        private synchronized void fail() {
            Throwable planted = defect;
            if (planted != null || away) {
                failures++;
            }
            if (planted instanceof Error error) {
                throw error;
            }
            if (planted instanceof RuntimeException exception) {
                throw exception;
            }
            if (away) {
                throw new StoreException(new SQLException("planted", "08006"));
            }
        }

        List<AvatarId> names() {
            return groups.stream().flatMap(List::stream).map(Observation::id).toList();
        }
    }
}
