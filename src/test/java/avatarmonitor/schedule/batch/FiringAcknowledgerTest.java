package avatarmonitor.schedule.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class FiringAcknowledgerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<List<String>> deleted = new CopyOnWriteArrayList<>();
    private final AtomicBoolean away = new AtomicBoolean();
    private final FiringAcknowledger ended = new FiringAcknowledger(rows -> {
        if (away.get()) {
            throw new SQLException("away");
        }
        deleted.add(rows.stream().map(FiredRow::entry).toList());
    });

    private static Thread begin(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void add(String entry) {
        ended.add(new FiredRow(entry, "(0,1)"));
    }

    private List<String> all() {
        return deleted.stream().flatMap(List::stream).toList();
    }

    @Test
    void manyAreDeletedTogetherAndInOrder() {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < 2 * FiringAcknowledger.BATCH + 5; i++) {
            entries.add("entry-" + i);
        }
        entries.forEach(this::add);
        begin(ended::run);

        await().atMost(PATIENCE).until(() -> all().size() == entries.size());
        assertThat(all()).isEqualTo(entries);
        assertThat(deleted).hasSize(3);
        assertThat(ended.waiting()).isZero();
    }

    @Test
    void stopDeletesWhatWaits() {
        Thread thread = begin(ended::run);
        add("one");
        assertThat(ended.stop(PATIENCE)).isTrue();
        assertThat(all()).containsExactly("one");
        await().atMost(PATIENCE).until(() -> !thread.isAlive());
    }

    @Test
    void whatCannotBeDeletedIsKeptAndDeletedLater() {
        away.set(true);
        begin(ended::run);
        add("one");
        add("two");
        away.set(false);
        await().atMost(PATIENCE).until(() -> all().containsAll(List.of("one", "two")));
        assertThat(all()).hasSize(2);
    }

    @Test
    void stopDoesNotWaitForADatabaseThatIsAway() {
        away.set(true);
        begin(ended::run);
        add("one");
        assertThat(ended.stop(PATIENCE)).isFalse();
        assertThat(ended.waiting()).isEqualTo(1);
    }

    @Test
    void threadThatEndsAFiringBeyondCapacityWaits() throws Exception {
        for (int i = 0; i < FiringAcknowledger.WAITING_MAX; i++) {
            add("entry-" + i);
        }
        CountDownLatch added = new CountDownLatch(1);
        Thread waits = begin(() -> {
            add("one more");
            added.countDown();
        });
        await().atMost(PATIENCE).until(() -> waits.getState() == Thread.State.WAITING);
        assertThat(ended.waiting()).isEqualTo(FiringAcknowledger.WAITING_MAX);

        begin(ended::run);
        added.await();
        await().atMost(PATIENCE).until(() -> all().size() == FiringAcknowledger.WAITING_MAX + 1);
    }

    @Test
    void stopLetsThoseGoOnThatWaitForRoom() throws Exception {
        away.set(true);
        for (int i = 0; i < FiringAcknowledger.WAITING_MAX; i++) {
            add("entry-" + i);
        }
        CountDownLatch added = new CountDownLatch(1);
        begin(() -> {
            add("one more");
            added.countDown();
        });
        begin(ended::run);
        assertThat(ended.stop(PATIENCE)).isFalse();
        added.await();
    }
}
