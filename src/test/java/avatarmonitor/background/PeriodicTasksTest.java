package avatarmonitor.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class PeriodicTasksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(1);

    private final PeriodicTasks rounds = new PeriodicTasks("worker", "rounds");

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
            take(Duration.ofMillis(10));
        });
        rounds.atOnceAndSparingly(PAUSE, 1, "cheap", cheap::incrementAndGet);

        await().atMost(PATIENCE).until(() -> cheap.get() >= 20);
        assertThat(dear).as("10 ms of 100 s").hasValue(1);
    }

    @Test
    void roundThatIsLeftOutIsNoSuccess() {
        Logger logger = (Logger) LoggerFactory.getLogger(PeriodicTasks.class);
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        logger.addAppender(lines);
        try {
            AtomicInteger made = new AtomicInteger();
            rounds.atOnceAndSparingly(PAUSE, 3, "dear", () -> {
                // The pause is twice as long, in which several runs are skipped.
                take(Duration.ofMillis(5));
                if (made.incrementAndGet() < 4) {
                    throw new IllegalStateException("the database is away");
                }
            });

            await().atMost(PATIENCE).until(() -> made.get() >= 6);

            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly(
                            "periodic task failed, will retry task=dear error=the database is away",
                            "periodic task succeeds again task=dear");
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(before);
        }
    }

    private static void take(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
