package avatarmonitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quartz.TriggerKey;

final class FiredBatchesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final TriggerKey ONE = new TriggerKey("one", "others");
    private static final TriggerKey TWO = new TriggerKey("two", "others");

    private final FiredBatches batches = new FiredBatches();

    @BeforeEach
    void open() {
        batches.open();
    }

    private static FiringBatch forQuartz(TriggerKey... keys) {
        return new FiringBatch(List.of(), Map.of(), List.of(keys));
    }

    private FiringBatch next() {
        return Objects.requireNonNull(batches.next());
    }

    @Test
    void whatIsLeftToQuartzAndFoundAgainIsOnItsWayOnlyOnce() {
        assertThat(batches.add(forQuartz(ONE))).isEqualTo(1);
        assertThat(batches.add(forQuartz(ONE))).isZero();
        assertThat(batches.add(forQuartz(ONE, TWO))).isEqualTo(1);

        assertThat(next().others()).containsExactly(ONE);
        assertThat(batches.add(forQuartz(ONE)))
                .as("taken, but Quartz is not through with it")
                .isZero();
        assertThat(next().others()).containsExactly(TWO);
    }

    @Test
    void afterItsTurnItMayComeAgain() {
        batches.add(forQuartz(ONE, TWO));
        batches.arrived(next().others());

        assertThat(batches.add(forQuartz(TWO))).isEqualTo(1);
        assertThat(next().others()).containsExactly(TWO);
    }

    @Test
    void whatHasFiredWhileClosedWaitsUntilItIsOpenedAgain() {
        AtomicInteger ended = new AtomicInteger();
        Thread waits = new Thread(() -> ended.addAndGet(batches.next() == null ? 1 : 0));
        waits.start();
        await().atMost(PATIENCE).until(() -> waits.getState() == Thread.State.WAITING);
        batches.close();
        await().atMost(PATIENCE).until(() -> ended.get() == 1);

        assertThat(batches.add(forQuartz(ONE))).isEqualTo(1);
        assertThat(batches.next()).isNull();
        batches.open();
        assertThat(next().others()).containsExactly(ONE);
    }
}
