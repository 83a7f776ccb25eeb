package avatarmonitor.reconcile;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.StatusCheck.Seen;
import avatarmonitor.store.StoreException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads avatars page by page, the next one while the last one is being settled. What cannot be read together is missing in its page and left to
 * the caller. For one thread.
 */
final class LookAhead implements Iterator<LookAhead.Page>, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LookAhead.class);

    private final List<AvatarId> ids;
    private final int size;
    private final Function<List<AvatarId>, Map<AvatarId, Seen>> look;
    private final ExecutorService reader;
    private int from;
    private @Nullable CompletableFuture<Page> ahead;

    /** Some of the avatars, and what was seen of them. */
    record Page(List<AvatarId> ids, Map<AvatarId, Seen> seen) {}

    /**
     * @param size avatars of one page
     * @param look reads some of them; called by another thread
     */
    LookAhead(List<AvatarId> ids, int size, Function<List<AvatarId>, Map<AvatarId, Seen>> look) {
        this.ids = ids;
        this.size = size;
        this.look = look;
        this.reader = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, Thread.currentThread().getName() + "-looks-ahead");
            thread.setDaemon(true);
            return thread;
        });
        readNext();
    }

    private void readNext() {
        if (from >= ids.size()) {
            ahead = null;
            return;
        }
        List<AvatarId> some = ids.subList(from, Math.min(ids.size(), from + size));
        from += size;
        ahead = CompletableFuture.supplyAsync(() -> read(some), reader);
    }

    private Page read(List<AvatarId> some) {
        try {
            return new Page(some, look.apply(some));
        } catch (StoreException e) {
            log.debug("avatars not read together", e);
            return new Page(some, Map.of());
        }
    }

    @Override
    public boolean hasNext() {
        return ahead != null;
    }

    @Override
    public Page next() {
        if (ahead == null) {
            throw new NoSuchElementException();
        }
        try {
            Page page = ahead.join();
            readNext();
            return page;
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        reader.shutdown();
    }
}
