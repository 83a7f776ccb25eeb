package avatarmonitor.schedule.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class PollPacerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PollPacer turns = new PollPacer();

    /** Measures from just before one turn to the next one, so that a slow machine can only make it longer. */
    private Duration toTheNext(Runnable afterTheFirst) {
        turns.open();
        long began = System.nanoTime();
        assertThat(turns.await()).isTrue();
        afterTheFirst.run();
        assertThat(turns.await()).isTrue();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Test
    void whatBecomesDueTogetherFiresTogether() {
        assertThat(toTheNext(() -> turns.pauseAfter(1))).isGreaterThanOrEqualTo(PollPacer.SPACING);
        turns.more();
        assertThat(toTheNext(() -> turns.pauseAfter(PollPacer.MANY))).isGreaterThanOrEqualTo(PollPacer.SPACING_OF_MANY);
    }

    @Test
    void itSleepsUntilTheNextTriggerIsDueButNotForLong() {
        assertThat(toTheNext(() -> turns.pauseUntilDue(200))).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        turns.more();
        assertThat(toTheNext(() -> turns.pauseUntilDue(Long.MAX_VALUE)))
                .isGreaterThanOrEqualTo(PollPacer.IDLE_MAX)
                .isLessThan(PollPacer.IDLE_MAX.multipliedBy(20));
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
                .isLessThan(PollPacer.IDLE_MAX.multipliedBy(enough - 1));
        turns.end();
        await().atMost(PATIENCE).until(() -> !thread.isAlive());
    }

    @Test
    void noTurnStartsBeforeTheRunningOneReportsItsResult() {
        turns.open();
        turns.await();
        AtomicInteger looks = new AtomicInteger();
        Thread other = new Thread(() -> looks.addAndGet(turns.await() ? 1 : 0));
        other.start();
        await().atMost(PATIENCE).until(() -> other.getState() == Thread.State.WAITING);
        turns.wake();
        await().atMost(PATIENCE).until(() -> other.getState() == Thread.State.WAITING);
        assertThat(looks).hasValue(0);

        turns.more();
        await().atMost(PATIENCE).until(() -> looks.get() == 1);
    }

    @Test
    void closedTurnsWaitUntilTheyAreOpenedAgain() {
        AtomicInteger looks = new AtomicInteger();
        Thread thread = new Thread(() -> looks.addAndGet(turns.await() ? 1 : 0));
        thread.start();
        await().atMost(PATIENCE).until(() -> thread.getState() == Thread.State.WAITING);
        assertThat(turns.isOpen()).isFalse();

        turns.open();
        await().atMost(PATIENCE).until(() -> looks.get() == 1);
        assertThat(turns.isOpen()).isTrue();
    }

    @Test
    void whoWaitsForATurnIsLetGoAtTheEnd() {
        turns.open();
        turns.await();
        turns.pauseUntilDue(Long.MAX_VALUE);
        AtomicInteger looks = new AtomicInteger();
        Thread waits = new Thread(() -> {
            turns.end();
            looks.addAndGet(turns.await() ? 1 : 0);
        });
        waits.start();
        await().atMost(PATIENCE).until(() -> !waits.isAlive());
        turns.open();
        assertThat(turns.await()).as("opened after the end").isFalse();
        assertThat(looks).hasValue(0);
    }

    @Test
    void afterAFailureItPauses() {
        Duration pause = PollPacer.SPACING.multipliedBy(3);
        assertThat(toTheNext(() -> turns.pause(pause))).isGreaterThanOrEqualTo(pause);
        turns.more();
        assertThat(toTheNext(() -> {
                    turns.more();
                    turns.pause(pause);
                }))
                .as("what was found had been told already")
                .isGreaterThanOrEqualTo(pause);
    }
}
