package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RoundsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(1);

    private final Rounds rounds = new Rounds("worker", "rounds");

    @AfterEach
    void stop() {
        rounds.stop();
    }

    @Test
    void roundThatFailsIsMadeGoodByTheNext() {
        AtomicInteger made = new AtomicInteger();
        rounds.atOnceAndEvery(PAUSE, "fails", () -> {
            if (made.incrementAndGet() < 3) {
                throw new IllegalStateException("fails");
            }
        });
        await().atMost(PATIENCE).until(() -> made.get() >= 5);
    }

    @Test
    void roundsThatTakeLongAreMadeLessOften() {
        AtomicInteger dear = new AtomicInteger();
        AtomicInteger cheap = new AtomicInteger();
        rounds.atOnceAndSparingly(PAUSE, 10_000, "dear", () -> {
            dear.incrementAndGet();
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
            while (System.nanoTime() - end < 0) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
        });
        rounds.atOnceAndSparingly(PAUSE, 1, "cheap", cheap::incrementAndGet);

        await().atMost(PATIENCE).until(() -> cheap.get() >= 20);
        assertThat(dear).as("10 ms of 100 s").hasValue(1);
    }
}
