package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.PendingObservations.Offered;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.NextAction.Observed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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

    @Test
    void removedResultMakesRoomForOneThatWaits() {
        pending.open();
        offer(1);
        offer(2);
        CompletableFuture<Offered> waiting = CompletableFuture.supplyAsync(() -> pending.offer(of(3), LONG));
        pending.remove(List.of(of(1)));
        assertThat(waiting).succeedsWithin(LONG).isEqualTo(Offered.KEPT);
        assertThat(pending.eldest(5)).extracting(Observation::id).containsExactly(of(2).id(), of(3).id());
        assertThat(pending.eldest(1)).extracting(Observation::id).containsExactly(of(2).id());
    }

    @Test
    void closingEndsTheWaits() {
        pending.open();
        offer(1);
        offer(2);
        CompletableFuture<Offered> waiting = CompletableFuture.supplyAsync(() -> pending.offer(of(3), LONG));
        CompletableFuture<Boolean> group = CompletableFuture.supplyAsync(() -> pending.awaitGroup(LONG, 3));
        pending.close();
        assertThat(waiting).succeedsWithin(LONG).isEqualTo(Offered.CLOSED);
        assertThat(group).succeedsWithin(LONG).isEqualTo(false);
    }

    @Test
    void groupIsCompleteWhenItIsFullOrItsTimeIsOver() {
        pending.open();
        CompletableFuture<Boolean> group = CompletableFuture.supplyAsync(() -> pending.awaitGroup(LONG, 2));
        offer(1);
        offer(2);
        assertThat(group).succeedsWithin(LONG).isEqualTo(true);
        assertThat(pending.awaitGroup(Duration.ofMillis(1), 3))
                .as("after its time")
                .isTrue();
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
