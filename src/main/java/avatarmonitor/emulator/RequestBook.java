package avatarmonitor.emulator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bounded store of requests, oldest first. When full it evicts its oldest finished request, never an unfinished one.
 */
final class RequestBook {
    private final int most;
    private final Consumer<String> dropped;
    private final Map<String, QueuedRequest> requests = new LinkedHashMap<>();

    /**
     * @param most requests kept
     * @param dropped called with the id of every evicted request
     */
    RequestBook(int most, Consumer<String> dropped) {
        this.most = most;
        this.dropped = dropped;
    }

    /** Outcome of an addition. */
    enum Added {
        ADDED,
        KNOWN_ID,
        FULL
    }

    synchronized Added add(QueuedRequest request, Instant now) {
        if (requests.containsKey(request.id())) {
            return Added.KNOWN_ID;
        }
        if (requests.size() >= most && !dropOldestFinished(now)) {
            return Added.FULL;
        }
        requests.put(request.id(), request);
        return Added.ADDED;
    }

    synchronized @Nullable QueuedRequest find(String id) {
        return requests.get(id);
    }

    synchronized Optional<QueuedRequest> remove(String id) {
        return Optional.ofNullable(requests.remove(id));
    }

    synchronized List<QueuedRequest> list() {
        return new ArrayList<>(requests.values());
    }

    synchronized void clear() {
        requests.clear();
    }

    private boolean dropOldestFinished(Instant now) {
        for (Iterator<QueuedRequest> oldest = requests.values().iterator(); oldest.hasNext(); ) {
            QueuedRequest request = oldest.next();
            if (request.at(now).over()) {
                oldest.remove();
                dropped.accept(request.id());
                return true;
            }
        }
        return false;
    }
}
