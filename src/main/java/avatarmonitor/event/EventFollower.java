package avatarmonitor.event;

import avatarmonitor.event.EventLog.Logged;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Events as they come, each once. Their numbers are given before their transactions commit, so an event may appear after others
 * with higher numbers; whoever asks only for higher numbers would never see it. For one thread.
 */
public final class EventFollower {
    private static final int PAGE = 1_000;

    /** Longer than any transaction of ours may last: after that nothing can appear below a number that was seen. */
    private static final Duration LATEST = Duration.ofSeconds(30);

    private final EventLog log;
    private final TreeMap<Long, Instant> seen = new TreeMap<>();

    /** Nothing new appears up to this number. */
    private long settled;

    private EventFollower(EventLog log) {
        this.log = log;
    }

    /** Follows from now on: what is there already counts as seen. */
    public static EventFollower from(EventLog log, Connection connection, Instant now) throws SQLException {
        EventFollower follower = new EventFollower(log);
        List<Logged> newest = log.newest(connection, null, PAGE);
        follower.settled = newest.isEmpty() ? 0 : newest.get(0).id() - 1;
        follower.skip(newest, now);
        return follower;
    }

    /** Counts these as seen. */
    public void skip(List<Logged> known, Instant now) {
        known.stream().map(Logged::id).filter(id -> id > settled).forEach(id -> seen.putIfAbsent(id, now));
    }

    /** What has come since the last call, in the order of numbers. */
    public List<Logged> next(Connection connection, Instant now) throws SQLException {
        List<Logged> fresh = new ArrayList<>();
        List<Logged> page;
        long after = settled;
        do {
            page = log.after(connection, after, PAGE);
            for (Logged event : page) {
                if (seen.putIfAbsent(event.id(), now) == null) {
                    fresh.add(event);
                }
                after = event.id();
            }
        } while (page.size() == PAGE);
        settle(now.minus(LATEST));
        return fresh;
    }

    private void settle(Instant before) {
        for (Map.Entry<Long, Instant> first = seen.firstEntry();
                first != null && first.getValue().isBefore(before);
                first = seen.firstEntry()) {
            settled = first.getKey();
            seen.pollFirstEntry();
        }
    }
}
