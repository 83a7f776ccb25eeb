package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.StoreException;
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
final class NotebookTest {
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Paper paper = new Paper();
    private Notebook notebook = with(SOON, 500, 10_000, NEVER);

    private Notebook with(Duration delay, int group, int kept, Duration room) {
        return new Notebook(paper, "worker-1", new Notebook.Limits(delay, group, kept, room, SOON, 3));
    }

    @AfterEach
    void stop() throws Exception {
        paper.away = false;
        paper.busy.clear();
        notebook.stop(PATIENCE);
    }

    @Test
    void beforeTheStartAndAfterTheStopEverythingIsWrittenAtOnce() throws Exception {
        assertThat(notebook.note(observation())).isTrue();
        assertThat(paper.alone).hasSize(1);
        notebook.start();
        assertThat(notebook.stop(PATIENCE)).isTrue();
        assertThat(notebook.note(observation())).isTrue();
        assertThat(paper.alone).hasSize(2);
        assertThat(paper.groups).isEmpty();
    }

    @Test
    void whatComesWithinTheDelayIsWrittenInOneGroupAndNoLater() {
        notebook = with(Duration.ofSeconds(1), 500, 10_000, NEVER);
        notebook.start();
        List<Observation> wanted = List.of(observation(), observation(), observation());
        wanted.forEach(one -> assertThat(notebook.note(one)).isTrue());
        assertThat(notebook.keeps(wanted.get(0).id())).isTrue();
        await().atMost(PATIENCE).until(() -> !paper.groups.isEmpty());
        assertThat(paper.groups).containsExactly(wanted);
        await().until(() -> !notebook.keeps(wanted.get(0).id()));
    }

    @Test
    void wholeGroupDoesNotWaitForTheDelay() {
        notebook = with(NEVER, 3, 10_000, NEVER);
        notebook.start();
        List<Observation> wanted = List.of(observation(), observation(), observation());
        wanted.forEach(notebook::note);
        await().atMost(PATIENCE).until(() -> paper.groups.equals(List.of(wanted)));
    }

    @Test
    void stopWritesWhatIsKeptInGroups() throws Exception {
        notebook = with(NEVER, 2, 10_000, NEVER);
        paper.gate = new CountDownLatch(1);
        notebook.start();
        List<Observation> wanted = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            wanted.add(observation());
            notebook.note(wanted.get(i));
        }
        // The first group is being written, and five results are pending when the buffer is closed.
        paper.writing.await();
        FutureTask<Boolean> stop = new FutureTask<>(() -> notebook.stop(PATIENCE));
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
        notebook = with(NEVER, 1, 10_000, NEVER);
        paper.gate = new CountDownLatch(1);
        notebook.start();
        notebook.note(observation());
        assertThat(notebook.stop(SOON)).isFalse();
        paper.gate.countDown();
    }

    @Test
    void secondObservationOfOneAvatarIsOvertakenUntilTheFirstIsWritten() {
        notebook = with(NEVER, 500, 10_000, NEVER);
        notebook.start();
        Observation first = observation();
        assertThat(notebook.note(first)).isTrue();
        assertThat(notebook.note(first)).isFalse();

        notebook.write(first.id());

        assertThat(paper.groups).containsExactly(List.of(first));
        assertThat(notebook.keeps(first.id())).isFalse();
        assertThat(notebook.note(first)).isTrue();
    }

    @Test
    void refusedObservationDoesNotKeepTheNextCheckFromBeingMade() {
        notebook = with(NEVER, 500, 10_000, NEVER);
        notebook.start();
        Observation one = observation();
        notebook.note(one);
        paper.defect = new StoreException(new SQLException("not this one", "45000"));

        notebook.write(one.id());

        assertThat(notebook.keeps(one.id())).isFalse();
        assertThat(paper.alone).isEmpty();
    }

    @Test
    void whoReadsWaitsForTheGroupThatIsBeingWritten() throws Exception {
        paper.gate = new CountDownLatch(1);
        notebook.start();
        Observation one = observation();
        notebook.note(one);
        paper.writing.await();
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> notebook.write(one.id()));
        assertThat(reader).isNotDone();
        paper.gate.countDown();
        reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(paper.groups).containsExactly(List.of(one));
        assertThat(paper.alone).as("not written twice").isEmpty();
    }

    @Test
    void failedDatabaseLosesNothingThatWasKept() {
        paper.away = true;
        notebook.start();
        Observation one = observation();
        notebook.note(one);
        await().atMost(PATIENCE).until(() -> paper.failures > 2);
        assertThat(notebook.keeps(one.id())).isTrue();
        assertThatThrownBy(() -> notebook.write(one.id())).isInstanceOf(StoreException.class);
        assertThat(notebook.keeps(one.id())).isTrue();
        paper.away = false;
        await().atMost(PATIENCE).until(() -> paper.groups.equals(List.of(List.of(one))));
    }

    @Test
    void failureIsOverWhenNothingIsLeftToWrite() {
        notebook = new Notebook(paper, "worker-1", new Notebook.Limits(SOON, 500, 10_000, NEVER, NEVER, 3));
        paper.away = true;
        notebook.start();
        Observation one = observation();
        notebook.note(one);
        await().atMost(PATIENCE).until(() -> notebook.failure().isPresent());
        paper.away = false;

        notebook.write(one.id());

        assertThat(notebook.failure()).isEmpty();
    }

    @Test
    void checkWaitsForRoomWhileTheDatabaseIsAway() throws Exception {
        notebook = with(SOON, 500, 2, NEVER);
        paper.away = true;
        notebook.start();
        notebook.note(observation());
        notebook.note(observation());
        Observation third = observation();
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> notebook.note(third));
        await().atMost(PATIENCE).until(() -> paper.failures > 2);
        assertThat(waiting).isNotDone();
        paper.away = false;
        assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        await().atMost(PATIENCE).until(() -> paper.names().contains(third.id()));
    }

    @Test
    void withoutRoomTheObservationIsDroppedAndTheCheckGoesOn() {
        notebook = with(SOON, 500, 1, SOON);
        paper.away = true;
        notebook.start();
        Observation first = observation();
        Observation second = observation();
        notebook.note(first);
        assertThat(notebook.note(second)).isTrue();
        assertThat(notebook.keeps(second.id())).isFalse();
        paper.away = false;
        await().atMost(PATIENCE).until(() -> !notebook.keeps(first.id()));
        assertThat(paper.names()).containsExactly(first.id());
    }

    @Test
    void rowThatSomebodyHoldsIsTriedAgainAfterTheOthersAndNotForEver() {
        Observation held = observation();
        Observation freed = observation();
        paper.busy.add(held.id());
        paper.busyOnce.add(freed.id());
        notebook.start();
        notebook.note(held);
        notebook.note(freed);
        await().atMost(PATIENCE).until(() -> !notebook.keeps(held.id()) && !notebook.keeps(freed.id()));
        assertThat(paper.names()).containsExactly(freed.id());
        assertThat(paper.tries).isEqualTo(3);
    }

    @Test
    void defectLosesItsGroupAndNothingElse() {
        paper.defect = new IllegalStateException("planted");
        notebook.start();
        Observation first = observation();
        notebook.note(first);
        await().atMost(PATIENCE).until(() -> !notebook.keeps(first.id()));
        paper.defect = null;
        Observation second = observation();
        notebook.note(second);
        await().atMost(PATIENCE).until(() -> paper.names().contains(second.id()));
    }

    @Test
    void errorEndsNothing() {
        paper.defect = new OutOfMemoryError("planted");
        notebook.start();
        Observation one = observation();
        notebook.note(one);
        await().atMost(PATIENCE).until(() -> paper.failures > 2);
        paper.defect = null;
        await().atMost(PATIENCE).until(() -> paper.names().contains(one.id()));
    }

    private static Observation observation() {
        AvatarId id = new AvatarId(UUID.randomUUID());
        Avatar avatar = new Avatar(id, "STYLE", "TRAINING", "r-1", Observing.START);
        Watch watch = Watch.unknown("r-1", Observing.START);
        return new Observation(
                new Subject(id, avatar, watch, 0), Observing.progress(10), CheckOutcome.STILL_TRAINING, 12);
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
