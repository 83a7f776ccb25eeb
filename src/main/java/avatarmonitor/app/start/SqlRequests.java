package avatarmonitor.app.start;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.OverrideStore;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.event.Actor;
import avatarmonitor.event.OperatorLog;
import avatarmonitor.event.OperatorLog.Outcome;
import avatarmonitor.schedule.MonitoringSchedule;
import avatarmonitor.schedule.ScheduleException;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.text.UntrustedText;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes the requests of the SQL functions {@code avatar_monitor_start}, {@code avatar_monitor_start_with} and {@code
 * avatar_monitor_stop}. A worker leases a batch of requests, executes and deletes them; after a crash in between
 * another worker executes them again when the {@link #LEASE} is over, which is idempotent. Of several requests about
 * one avatar the last one counts, with the settings of all starts since the last stop. PostgreSQL only.
 */
public final class SqlRequests {
    /** Maximum of requests in one lease. */
    static final int BATCH = 200;

    /** Duration of a lease: longer than a batch takes. Requests of a crashed worker wait that long. */
    static final Duration LEASE = Duration.ofSeconds(15);

    /** Number of attempts after which a request is dropped, with an event that contains the reason. */
    static final int ATTEMPTS_MAX = 20;

    private static final Logger log = LoggerFactory.getLogger(SqlRequests.class);

    private final Database database;
    private final MonitoringSchedule schedule;
    private final MonitoringStart start;
    private final StartWithSettings startWith;
    private final OperatorLog actions;

    /** Starts monitoring of an avatar with settings of its training. */
    public interface StartWithSettings {
        /** Returns why it must not be monitored so, a sentence without a full stop; empty when it is. */
        Optional<String> start(AvatarId avatar, Overrides settings);
    }

    public SqlRequests(
            Database database,
            MonitoringSchedule schedule,
            MonitoringStart start,
            StartWithSettings startWith,
            OperatorLog actions) {
        this.database = database;
        this.schedule = schedule;
        this.start = start;
        this.startWith = startWith;
        this.actions = actions;
    }

    private record Request(long id, String action, AvatarId avatar, Actor actor, Overrides settings, int attempts) {
        boolean starts() {
            return action.equals("start");
        }

        /** Returns the later of two requests about one avatar. */
        Request then(Request later) {
            Overrides both = starts() ? new Overrides.Change(false, later.settings).of(settings) : later.settings;
            return new Request(later.id, later.action, avatar, later.actor, both, Math.max(attempts, later.attempts));
        }
    }

    /**
     * Executes all requests that are not leased to another worker.
     *
     * @return number of leased requests
     * @throws StoreException when the database failed; remaining requests are executed again after the lease
     */
    public int doAll() {
        int done = 0;
        List<Request> batch;
        do {
            batch = lease();
            settle(batch);
            done += batch.size();
        } while (batch.size() == BATCH);
        return done;
    }

    /** Leases the oldest requests. Never leases a later request about an avatar while an earlier one is leased. */
    private List<Request> lease() {
        String sql = """
                UPDATE avatar_monitor_request
                SET attempts = attempts + 1, taken_until = clock_timestamp() + CAST(? AS int) * INTERVAL '1 second'
                WHERE id IN (
                  SELECT r.id FROM avatar_monitor_request r
                  WHERE (r.taken_until IS NULL OR r.taken_until < clock_timestamp())
                    AND NOT EXISTS (SELECT FROM avatar_monitor_request e
                                    WHERE e.avatar_id = r.avatar_id AND e.id < r.id AND e.taken_until >= clock_timestamp())
                  ORDER BY r.id LIMIT ?)
                RETURNING id, action, avatar_id, actor, address, attempts, window_seconds, interval_seconds, deadline,
                    CAST(NULL AS int) AS priority""";
        return database.inTransaction(connection -> {
            if (isEmpty(connection)) {
                return List.of();
            }
            oneAtATime(connection);
            List<Request> leased = Jdbc.list(
                    connection,
                    sql,
                    row -> new Request(
                            row.getLong("id"),
                            row.getString("action"),
                            new AvatarId(row.getObject("avatar_id", UUID.class)),
                            new Actor(row.getString("actor"), "sql", row.getString("address")),
                            OverrideStore.read(row),
                            row.getInt("attempts")),
                    (int) LEASE.toSeconds(),
                    BATCH);
            leased.sort(Comparator.comparingLong(Request::id));
            return leased;
        });
    }

    private static boolean isEmpty(Connection connection) throws SQLException {
        return !Jdbc.exists(connection, "SELECT FROM avatar_monitor_request LIMIT 1");
    }

    private static void oneAtATime(Connection connection) throws SQLException {
        boolean unused = Jdbc.exists(
                connection,
                "SELECT pg_advisory_xact_lock(hashtextextended('avatar_monitor_request of ' || current_schema(), 0))");
    }

    private void settle(List<Request> batch) {
        if (batch.isEmpty()) {
            return;
        }
        Map<AvatarId, Request> last = new LinkedHashMap<>();
        batch.forEach(request -> last.merge(request.avatar(), request, Request::then));
        // A request that failed before runs separately, so that it cannot make others fail again.
        List<Request> starts = last.values().stream()
                .filter(request -> request.starts()
                        && request.attempts() == 1
                        && request.settings().equals(Overrides.NONE))
                .toList();
        start(starts);
        List<Request> failed = new ArrayList<>();
        for (Request request : last.values()) {
            if (!starts.contains(request) && !alone(request)) {
                failed.add(request);
            }
        }
        delete(batch.stream()
                .filter(request -> failed.stream().noneMatch(one -> one.avatar().equals(request.avatar())))
                .toList());
        log.info("requests of SQL functions done count={} failed={}", batch.size(), failed.size());
    }

    private void start(List<Request> starts) {
        if (starts.isEmpty()) {
            return;
        }
        Map<AvatarId, String> refused =
                start.start(starts.stream().map(Request::avatar).toList()).refused();
        for (Request request : starts) {
            String reason = refused.get(request.avatar());
            if (reason != null) {
                tell(request, new Outcome("refused", reason));
            }
        }
    }

    /** Executes one request; returns whether it can be deleted. */
    private boolean alone(Request request) {
        try {
            if (request.starts() && !request.settings().equals(Overrides.NONE)) {
                startWith
                        .start(request.avatar(), request.settings())
                        .ifPresent(reason -> tell(request, new Outcome("refused", reason)));
            } else if (request.starts()) {
                start(List.of(request));
            } else {
                boolean unused = schedule.unmonitor(request.avatar());
            }
            return true;
        } catch (StoreException | ScheduleException e) {
            if (StoreException.unavailable(e) || request.attempts() < ATTEMPTS_MAX) {
                log.atLevel(StoreException.logLevel(e))
                        .log(
                                "request of a SQL function failed, will retry avatar={} attempts={} error={}",
                                request.avatar(),
                                request.attempts(),
                                e.getMessage());
                return false;
            }
            tell(request, new Outcome("failed", UntrustedText.line(String.valueOf(e.getMessage()))));
            return true;
        }
    }

    /** Writes an event with the outcome; the SQL function has already written one about the call. */
    private void tell(Request request, Outcome outcome) {
        String action = request.starts() ? "monitor" : "unmonitor";
        Outcome unused = actions.did(request.actor(), action, request.avatar(), () -> outcome, same -> same);
    }

    private void delete(List<Request> done) {
        database.inTransaction(connection -> Jdbc.update(
                connection,
                "DELETE FROM avatar_monitor_request WHERE id = ANY (?)",
                Columns.of("int8", done, Request::id)));
    }
}
