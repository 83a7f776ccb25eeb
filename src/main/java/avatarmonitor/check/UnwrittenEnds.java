package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.UnwrittenEnd;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * In-memory store of ends of trainings that this worker could not write; works even when this product's own tables are
 * not writable. Bounded in number and size; the oldest end is evicted first and then requested from fal again.
 * Thread-safe.
 */
final class UnwrittenEnds {
    private final int max;
    private final long charactersMax;

    /** This and all fields below are guarded by this. */
    private final Map<AvatarId, Entry> kept = new LinkedHashMap<>();

    private long characters;

    private record Entry(UnwrittenEnd end, int refusals, int size) {}

    UnwrittenEnds(int max, long charactersMax) {
        this.max = max;
        this.charactersMax = charactersMax;
    }

    /**
     * Stores an end; replaces an earlier one.
     *
     * @return how often in a row it was stored: 1 for the first time
     */
    synchronized int keep(AvatarId id, UnwrittenEnd end) {
        Entry before = remove(id);
        int refusals = before != null && before.end.falRequestId().equals(end.falRequestId()) ? before.refusals + 1 : 1;
        int size = end.words().length()
                + (end.body() == null ? 0 : end.body().toString().length());
        kept.put(id, new Entry(end, refusals, size));
        characters += size;
        Iterator<Entry> eldest = kept.values().iterator();
        while (kept.size() > max || (characters > charactersMax && kept.size() > 1)) {
            characters -= eldest.next().size;
            eldest.remove();
        }
        return refusals;
    }

    /** Returns the end of this request; removes one of another request of the avatar. */
    synchronized Optional<UnwrittenEnd> find(AvatarId id, @Nullable String falRequestId) {
        Entry found = kept.get(id);
        if (found != null && !found.end.falRequestId().equals(falRequestId)) {
            remove(id);
            return Optional.empty();
        }
        return Optional.ofNullable(found).map(Entry::end);
    }

    synchronized void forget(AvatarId id) {
        remove(id);
    }

    private @Nullable Entry remove(AvatarId id) {
        Entry removed = kept.remove(id);
        characters -= removed == null ? 0 : removed.size;
        return removed;
    }
}
