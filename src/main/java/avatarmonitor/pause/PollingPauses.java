package avatarmonitor.pause;

import avatarmonitor.avatar.AsciiCase;
import avatarmonitor.event.Actor;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.Timestamps;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table {@code avatar_monitor_pause}, and what this process last read of it. A pause begins and ends by the
 * database's clock. Thread-safe.
 */
public final class PollingPauses {
    /** Interval at which a worker reads the table: a pause takes effect on every worker within about this time. */
    public static final Duration PERIOD = Duration.ofSeconds(1);

    /** Limits of a pause that ends by itself. */
    public static final Duration SHORTEST = Duration.ofSeconds(1);

    public static final Duration LONGEST = Duration.ofDays(30);

    /** Longer reasons are cut. */
    public static final int REASON_LENGTH_MAX = 500;

    private static final int ADDRESS_LENGTH_MAX = 300;
    private static final int ACTOR_LENGTH_MAX = 200;

    /** Scope of a pause of all trainings. */
    private static final String ALL = "*";

    private static final String IN_EFFECT = "ended_at IS NULL AND (ends_at IS NULL OR ends_at > current_timestamp)";

    private static final String EXPIRED = "ended_at IS NULL AND ends_at <= current_timestamp";

    private static final String COLUMNS = "scope, since, ends_at, reason, actor, channel, address";

    private static final Logger log = LoggerFactory.getLogger(PollingPauses.class);

    private final Database database;
    private final EventWriter events;
    private volatile List<PollingPause> inEffect = List.of();

    /** Reads nothing yet, see {@link #refresh()}. */
    public PollingPauses(Database database, EventWriter events) {
        this.database = database;
        this.events = events;
    }

    /** Reads the pauses in effect, those of all trainings first. */
    public static List<PollingPause> read(Connection connection) throws SQLException {
        return select(connection, IN_EFFECT);
    }

    /**
     * Returns the SQL condition that no pause in effect covers trainings of a type.
     *
     * @param type SQL expression of the type, in any letter case
     */
    public static String notPaused(Dialect dialect, String type) {
        return "NOT EXISTS (SELECT 1 FROM avatar_monitor_pause p WHERE " + IN_EFFECT + " AND p.scope IN ('" + ALL
                + "', " + dialect.asciiUpper(type) + "))";
    }

    /** Returns the last read pause that covers trainings of this type; null is an unknown type. */
    public Optional<PollingPause> of(@Nullable String trainingType) {
        return inEffect.stream().filter(pause -> pause.covers(trainingType)).findFirst();
    }

    /** Returns whether a last read pause covers trainings of this type; null is an unknown type. */
    public boolean isPaused(@Nullable String trainingType) {
        return of(trainingType).isPresent();
    }

    /** Returns the last read pauses in effect. */
    public List<PollingPause> all() {
        return inEffect;
    }

    /** Returns whether the last read pauses cover all trainings. */
    public boolean isAllPaused() {
        return isPaused(null);
    }

    public void refresh() {
        inEffect = database.read(PollingPauses::read);
    }

    /** Reads the pauses in effect; writes the event of each that has ended by itself, once per cluster. */
    public void expireAndRefresh() {
        boolean expired = database.read(connection -> {
            inEffect = read(connection);
            return !select(connection, EXPIRED).isEmpty();
        });
        if (expired) {
            database.inTransaction(this::endExpired);
        }
    }

    /**
     * Begins a pause. One of the same scope that is in effect gets the new reason, actor and end.
     *
     * @param trainingType in any letter case; null for all trainings
     * @param length after which it ends by itself; null for a pause that only an operator ends
     */
    public PollingPause pause(
            Actor actor, @Nullable String trainingType, @Nullable String reason, @Nullable Duration length) {
        String scope = scope(trainingType);
        PollingPause begun = database.inTransaction(connection -> {
            endExpired(connection);
            insert(connection, scope, actor);
            update(connection, scope, actor, reason, length);
            PollingPause pause = select(connection, "scope = ?", scope).get(0);
            append(connection, EventType.POLLING_PAUSED_BY_OPERATOR, pause, actor, null);
            return pause;
        });
        log.info("polling paused by an operator type={} until={} reason={}", trainingType, begun.until(), reason);
        refresh();
        return begun;
    }

    /**
     * Ends pauses.
     *
     * @param trainingType ends only the pause of this type; null ends every pause
     * @return the ended ones
     */
    public List<PollingPause> resume(Actor actor, @Nullable String trainingType) {
        List<PollingPause> ended = database.inTransaction(connection -> {
            endExpired(connection);
            List<PollingPause> done = new ArrayList<>();
            for (PollingPause pause : read(connection)) {
                boolean wanted = trainingType == null || scope(trainingType).equals(scope(pause.type()));
                if (wanted && end(connection, pause, "current_timestamp", IN_EFFECT)) {
                    append(connection, EventType.POLLING_RESUMED_BY_OPERATOR, pause, actor, "operator");
                    done.add(pause);
                }
            }
            return done;
        });
        ended.forEach(pause -> log.info("polling resumed by an operator type={}", pause.type()));
        refresh();
        return ended;
    }

    private static String scope(@Nullable String trainingType) {
        return trainingType == null ? ALL : AsciiCase.upper(trainingType);
    }

    /** Ends the pauses whose time is over: the update shows which process is the first to notice. */
    private int endExpired(Connection connection) throws SQLException {
        int ended = 0;
        for (PollingPause pause : select(connection, EXPIRED)) {
            if (end(connection, pause, "ends_at", EXPIRED)) {
                append(connection, EventType.POLLING_RESUMED_BY_OPERATOR, pause, pause.actor(), "time");
                log.info("polling goes on, the operator's pause is over type={}", pause.type());
                ended++;
            }
        }
        return ended;
    }

    private static boolean end(Connection connection, PollingPause pause, String at, String condition)
            throws SQLException {
        return Jdbc.update(
                        connection,
                        "UPDATE avatar_monitor_pause SET ended_at = " + at + " WHERE scope = ? AND " + condition,
                        scope(pause.type()))
                == 1;
    }

    private static void insert(Connection connection, String scope, Actor actor) throws SQLException {
        String sql = """
                INSERT INTO avatar_monitor_pause (scope, since, ended_at, actor, channel, address)
                VALUES (?, current_timestamp, current_timestamp, ?, ?, ?) ON CONFLICT DO NOTHING""";
        Jdbc.update(connection, sql, scope, name(actor), actor.channel(), address(actor));
    }

    private static String name(Actor actor) {
        return UntrustedText.line(actor.name(), ACTOR_LENGTH_MAX);
    }

    private static String address(Actor actor) {
        return UntrustedText.line(actor.address(), ADDRESS_LENGTH_MAX);
    }

    private static void update(
            Connection connection, String scope, Actor actor, @Nullable String reason, @Nullable Duration length)
            throws SQLException {
        String end = length == null ? "NULL" : "current_timestamp + " + length.toSeconds() + " * INTERVAL '1' SECOND";
        String sql = """
                UPDATE avatar_monitor_pause
                SET since = CASE WHEN ended_at IS NULL THEN since ELSE current_timestamp END,
                    ends_at = %s, ended_at = NULL, reason = ?, actor = ?, channel = ?, address = ?
                WHERE scope = ?""".formatted(end);
        Jdbc.update(connection, sql, reason, name(actor), actor.channel(), address(actor), scope);
    }

    private void append(
            Connection connection, EventType type, PollingPause pause, Actor actor, @Nullable String endedBy)
            throws SQLException {
        JsonObject detail = pause.detail();
        if (endedBy != null) {
            detail.addProperty("ended_by", endedBy);
        }
        actor.addTo(detail);
        events.append(connection, events.clock().instant(), type, detail);
    }

    private static List<PollingPause> select(Connection connection, String condition, String... parameters)
            throws SQLException {
        String sql = "SELECT " + COLUMNS + " FROM avatar_monitor_pause WHERE " + condition + " ORDER BY scope";
        List<PollingPause> found = Jdbc.list(connection, sql, PollingPauses::pause, (Object[]) parameters);
        return List.copyOf(found);
    }

    private static PollingPause pause(ResultSet row) throws SQLException {
        String scope = row.getString("scope");
        return new PollingPause(
                scope.equals(ALL) ? null : scope,
                Timestamps.at(row, "since"),
                Timestamps.read(row, "ends_at"),
                row.getString("reason"),
                new Actor(row.getString("actor"), row.getString("channel"), row.getString("address")));
    }
}
