package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.PendingObservations.Offered;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.NextAction.Observed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PendingObservationsTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    private final PendingObservations pending = new PendingObservations(2);

    private static Observation of(int number) {
        AvatarId id = new AvatarId(new UUID(0, number));
        Avatar avatar = new Avatar(id, "STYLE", "TRAINING", "r-1", Instant.EPOCH, null);
        Observed seen = new Observed("IN_QUEUE", null, null, 0, null, null, Instant.EPOCH);
        return new Observation(new CheckedAvatar(id, avatar, null, 0), seen, CheckOutcome.STILL_TRAINING, 1);
    }

    private Offered offer(int number) {
        return pending.offer(of(number), Duration.ZERO);
    }

    @Test
    void oneResultPerAvatarIsTakenUntilTwoArePending() {
        assertThat(offer(1)).isEqualTo(Offered.CLOSED);
        pending.open();
        assertThat(offer(1)).isEqualTo(Offered.KEPT);
        assertThat(offer(1)).isEqualTo(Offered.OVERTAKEN);
        assertThat(offer(2)).isEqualTo(Offered.KEPT);
        assertThat(offer(3)).isEqualTo(Offered.FULL);
        assertThat(pending.size()).isEqualTo(2);
        assertThat(pending.find(of(2).id())).isNotNull();
        assertThat(pending.find(of(3).id())).isNull();
        pending.close();
        assertThat(offer(4)).isEqualTo(Offered.CLOSED);
        assertThat(pending.size()).as("stay until they are written").isEqualTo(2);
    }

    /** Runs it on another thread until that waits. */
    private static <T> FutureTask<T> waiting(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task);
        thread.start();
        awaitWaiting(thread);
        return task;
    }

    private static void awaitWaiting(Thread thread) {
        await().until(() ->
                thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }

    private static <T> T of(FutureTask<T> task) throws Exception {
        return task.get(60, TimeUnit.SECONDS);
    }

    @Test
    void removedResultMakesRoomForOneThatWaits() throws Exception {
        pending.open();
        offer(1);
        offer(2);
        FutureTask<Offered> waiting = waiting(() -> pending.offer(of(3), LONG));
        pending.remove(List.of(of(1)));
        assertThat(of(waiting)).isEqualTo(Offered.KEPT);
        assertThat(pending.eldest(5)).extracting(Observation::id).containsExactly(of(2).id(), of(3).id());
        assertThat(pending.eldest(1)).extracting(Observation::id).containsExactly(of(2).id());
    }

    @Test
    void closingEndsTheWaits() throws Exception {
        pending.open();
        FutureTask<Boolean> first = waiting(() -> pending.awaitGroup(LONG, 3));
        pending.close();
        assertThat(of(first)).isFalse();
        pending.open();
        offer(1);
        offer(2);
        FutureTask<Offered> offering = waiting(() -> pending.offer(of(3), LONG));
        FutureTask<Boolean> group = waiting(() -> pending.awaitGroup(LONG, 3));
        pending.close();
        assertThat(of(offering)).isEqualTo(Offered.CLOSED);
        assertThat(of(group)).isFalse();
    }

    @Test
    void groupIsCompleteWhenItIsFullOrItsTimeIsOver() throws Exception {
        pending.open();
        FutureTask<Boolean> group = new FutureTask<>(() -> pending.awaitGroup(LONG, 2));
        Thread thread = new Thread(group);
        thread.start();
        awaitWaiting(thread);
        offer(1);
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        assertThat(group.isDone()).as("one of two").isFalse();
        offer(2);
        assertThat(of(group)).isTrue();
        assertThat(pending.awaitGroup(Duration.ofMillis(1), 3))
                .as("after its time")
                .isTrue();
    }

    @Test
    void interruptEndsTheWaitsAndAnOfferStaysInterrupted() {
        pending.open();
        offer(1);
        offer(2);
        Thread.currentThread().interrupt();
        assertThat(pending.offer(of(3), LONG)).isEqualTo(Offered.FULL);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(pending.awaitGroup(LONG, 3)).isTrue();
        assertThat(Thread.interrupted()).isFalse();
        pending.close();
        Thread.currentThread().interrupt();
        assertThat(pending.awaitGroup(LONG, 3)).isFalse();
        boolean unused = Thread.interrupted();
    }

    @Test
    void lockedRowIsTriedThreeTimesAndGoesToTheEnd() {
        pending.open();
        offer(1);
        offer(2);
        assertThat(pending.again(of(1), 3)).isTrue();
        assertThat(pending.eldest(5)).extracting(Observation::id).containsExactly(of(2).id(), of(1).id());
        assertThat(pending.again(of(1), 3)).isTrue();
        assertThat(pending.again(of(1), 3)).as("third attempt").isFalse();
        assertThat(pending.find(of(1).id())).isNull();
        assertThat(pending.again(of(9), 3)).as("not pending").isFalse();
    }
}
