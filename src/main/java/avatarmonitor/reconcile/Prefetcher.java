package avatarmonitor.reconcile;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.StatusCheck.Snapshot;
import avatarmonitor.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prefetcher of avatars: reads the next page while earlier ones are processed. Avatars that could not be read together
 * are missing in their page and left to the caller. Thread-safe; several threads may take pages.
 */
final class Prefetcher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Prefetcher.class);

    private final List<AvatarId> ids;
    private final int size;
    private final Function<List<AvatarId>, Map<AvatarId, Snapshot>> look;
    private final HelperThread reader = new HelperThread("prefetch");
    private int from;
    private HelperThread.@Nullable Running<Page> ahead;

    /** One page: avatar ids, and what was read of them. */
    record Page(List<AvatarId> ids, Map<AvatarId, Snapshot> seen) {}

    /**
     * @param size avatars per page
     * @param look reads some of them; called on another thread
     */
    Prefetcher(List<AvatarId> ids, int size, Function<List<AvatarId>, Map<AvatarId, Snapshot>> look) {
        this.ids = ids;
        this.size = size;
        this.look = look;
        ahead = readNext();
    }

    private HelperThread.@Nullable Running<Page> readNext() {
        if (from >= ids.size()) {
            return null;
        }
        List<AvatarId> some = ids.subList(from, Math.min(ids.size(), from + size));
        from += size;
        return reader.begin(() -> read(some));
    }

    private Page read(List<AvatarId> some) {
        try {
            return new Page(some, look.apply(some));
        } catch (StoreException e) {
            log.debug("avatars not read together", e);
            return new Page(some, Map.of());
        }
    }

    /** Returns the next page; empty when all have been taken. */
    synchronized Optional<Page> next() {
        if (ahead == null) {
            return Optional.empty();
        }
        Page page = ahead.await();
        ahead = readNext();
        return Optional.of(page);
    }

    @Override
    public void close() {
        reader.close();
    }
}
