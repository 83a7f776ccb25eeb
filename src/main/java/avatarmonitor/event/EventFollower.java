package avatarmonitor.event;

import avatarmonitor.event.EventLog.Logged;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Reads new events, each once. Event ids are assigned before their transactions commit, so an event may become visible
 * after others with higher ids; a reader that asks only for higher ids would miss it. Not thread-safe.
 */
public final class EventFollower {
    private static final int PAGE = 1_000;

    /** Longer than any transaction of this product lasts: after that no event can appear below an id that was seen. */
    private static final Duration LATEST = Duration.ofSeconds(30);

    private final EventLog log;
    private final TreeMap<Long, Instant> seen = new TreeMap<>();

    /** No new event can appear up to this id. */
    private long settled;

    private EventFollower(EventLog log) {
        this.log = log;
    }

    /** Starts after the existing events, which count as seen. */
    public static EventFollower from(EventLog log, Connection connection, Instant now) throws SQLException {
        EventFollower follower = new EventFollower(log);
        List<Logged> newest = log.newest(connection, null, PAGE);
        follower.settled = newest.isEmpty() ? 0 : newest.get(0).id() - 1;
        follower.skip(newest, now);
        return follower;
    }

    /** Marks these as seen. */
    public void skip(List<Logged> known, Instant now) {
        known.stream().map(Logged::id).filter(id -> id > settled).forEach(id -> seen.putIfAbsent(id, now));
    }

    /** Returns the events since the last call that did not fail, in the order of their ids. */
    public List<Logged> next(Connection connection, Instant now) throws SQLException {
        List<Logged> fresh = new ArrayList<>();
        List<Logged> page;
        long after = settled;
        do {
            page = log.after(connection, after, PAGE);
            for (Logged event : page) {
                if (!seen.containsKey(event.id())) {
                    fresh.add(event);
                }
                after = event.id();
            }
        } while (page.size() == PAGE);
        // Only now: when a later page cannot be read, the next call returns the events of the earlier ones.
        skip(fresh, now);
        settle(now.minus(LATEST));
        return fresh;
    }

    private void settle(Instant before) {
        while (!seen.isEmpty() && seen.firstEntry().getValue().isBefore(before)) {
            settled = seen.pollFirstEntry().getKey();
        }
    }
}
