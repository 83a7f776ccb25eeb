package avatarmonitor.reconcile;

import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PrefetcherTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<AvatarId> ids =
            IntStream.range(0, 5).mapToObj(i -> new AvatarId(new UUID(0, i))).toList();
    private final List<List<AvatarId>> read = new CopyOnWriteArrayList<>();

    private Prefetcher ahead(List<AvatarId> all, int broken) {
        return new Prefetcher(all, 2, page -> {
            read.add(page);
            if (read.size() == broken) {
                throw new StoreException(new SQLException("planted"));
            }
            return Map.of();
        });
    }

    @Test
    void everyPageComesOnceAndInOrder() {
        List<AvatarId> seen = new ArrayList<>();
        try (Prefetcher pages = ahead(ids, 0)) {
            for (Optional<Prefetcher.Page> page = pages.next(); page.isPresent(); page = pages.next()) {
                seen.addAll(page.get().ids());
            }
            assertThat(pages.next()).isEmpty();
        }
        assertThat(seen).isEqualTo(ids);
        assertThat(read).containsExactly(ids.subList(0, 2), ids.subList(2, 4), ids.subList(4, 5));
    }

    @Test
    void onePageIsReadAheadAndNotMore() {
        try (Prefetcher pages = ahead(ids, 0)) {
            pages.next();
            await().atMost(PATIENCE).until(() -> read.size() == 2);
            pages.next();
            await().atMost(PATIENCE).until(() -> read.size() == 3);
        }
    }

    @Test
    void pageIsReadWhileTheCallerHasTheOneBefore() {
        CountDownLatch callerHasIt = new CountDownLatch(1);
        AtomicBoolean meanwhile = new AtomicBoolean();
        try (Prefetcher pages = new Prefetcher(ids.subList(0, 4), 2, page -> {
            if (page.equals(ids.subList(2, 4))) {
                meanwhile.set(awaitLatch(callerHasIt));
            }
            return Map.of();
        })) {
            pages.next();
            callerHasIt.countDown();
            pages.next();
        }
        assertThat(meanwhile).isTrue();
    }

    @Test
    void pageThatCannotBeReadIsLeftToTheCaller() {
        try (Prefetcher pages = ahead(ids, 1)) {
            Prefetcher.Page first = pages.next().orElseThrow();
            assertThat(first.ids()).isEqualTo(ids.subList(0, 2));
            assertThat(first.seen()).isEmpty();
            assertThat(pages.next()).isPresent();
        }
    }

    @Test
    void itsThreadEndsWithIt() {
        try (Prefetcher pages = ahead(ids, 0)) {
            pages.next();
        }
        String name = Thread.currentThread().getName() + "-prefetch";
        await().atMost(PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals(name)));
    }

    @Test
    void nothingIsReadOfNothing() {
        try (Prefetcher pages = ahead(List.of(), 0)) {
            assertThat(pages.next()).isEmpty();
        }
        assertThat(read).isEmpty();
    }
}
