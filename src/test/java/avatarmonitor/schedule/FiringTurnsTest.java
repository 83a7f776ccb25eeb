package avatarmonitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class FiringTurnsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final FiringTurns turns = new FiringTurns();

    private Duration untilNextTurn() {
        long began = System.nanoTime();
        assertThat(turns.await()).isTrue();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Test
    void whatBecomesDueTogetherFiresTogether() {
        turns.open();
        turns.await();
        turns.pauseAfter(1);
        assertThat(untilNextTurn()).isGreaterThan(FiringTurns.SPACING.dividedBy(2));
        turns.pauseAfter(FiringTurns.MANY);
        assertThat(untilNextTurn()).isGreaterThan(FiringTurns.SPACING);
    }

    @Test
    void itSleepsUntilTheNextTriggerIsDueButNotForLong() {
        turns.open();
        turns.await();
        turns.pauseUntilDue(200);
        assertThat(untilNextTurn()).isGreaterThan(Duration.ofMillis(150));
        turns.pauseUntilDue(Long.MAX_VALUE);
        assertThat(untilNextTurn()).isGreaterThan(FiringTurns.IDLE_MAX.dividedBy(2));
    }

    @Test
    void itIsWokenByWhatMayBeDue() {
        AtomicInteger looks = new AtomicInteger();
        turns.open();
        Thread thread = new Thread(() -> {
            while (turns.await()) {
                looks.incrementAndGet();
                turns.pauseUntilDue(Long.MAX_VALUE);
            }
        });
        thread.start();
        long began = System.nanoTime();
        int enough = 20;
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            turns.wake();
            return looks.get() >= enough;
        });
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("without being woken it takes longer")
                .isLessThan(FiringTurns.IDLE_MAX.multipliedBy(enough - 1));
        turns.close();
        await().atMost(PATIENCE).until(() -> !thread.isAlive());
    }

    @Test
    void whoWaitsForATurnIsLetGoWhenItCloses() {
        Thread thread = new Thread(turns::await);
        thread.start();
        await().atMost(PATIENCE).until(() -> !thread.isAlive());

        turns.open();
        turns.await();
        turns.pauseUntilDue(Long.MAX_VALUE);
        AtomicInteger looks = new AtomicInteger();
        Thread waits = new Thread(() -> {
            turns.close();
            looks.addAndGet(turns.await() ? 1 : 0);
        });
        waits.start();
        await().atMost(PATIENCE).until(() -> !waits.isAlive());
        assertThat(looks).hasValue(0);
    }
}
