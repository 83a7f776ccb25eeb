package avatarmonitor.event;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.ServerText;
import avatarmonitor.store.sql.Timestamps;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an {@code operator_action} event for every action of an operator, including those that changed nothing or
 * failed.
 */
public final class OperatorLog {
    private static final Logger log = LoggerFactory.getLogger(OperatorLog.class);

    /** Interval at which a worker searches for abandoned actions. */
    public static final Duration PERIOD = Duration.ofMinutes(1);

    /** Age from which an open action counts as abandoned: no action takes that long, so its process is gone. */
    private static final Duration ABANDONED_AFTER = Duration.ofMinutes(10);

    /** Maximum of abandoned actions in one run. */
    private static final int ABANDONED_MAX = 100;

    private final Database database;
    private final EventLog events;
    private final InstantSource clock;
    private final String process;

    /** @param process name in the events: the worker that was called, or the command */
    public OperatorLog(Database database, EventLog events, InstantSource clock, String process) {
        this.database = database;
        this.events = events;
        this.clock = clock;
        this.process = process;
    }

    /**
     * Outcome of an action.
     *
     * @param word one word for programs
     * @param reason explanation; null when there is none
     */
    public record Outcome(String word, @Nullable String reason) {}

    /**
     * Runs an action and writes its event. The intent is committed before the action and replaced by the event
     * afterwards, so a crash in between does not lose the event: {@link #recordAbandoned} writes it with the outcome
     * {@code unknown}.
     *
     * @param avatar null when the action concerns no avatar
     * @param outcome maps the result to the outcome in the event
     * @throws StoreException when the intent cannot be written (the action was not run), or the event cannot (the
     *     action was run)
     */
    public <T> T did(
            Actor actor, String action, @Nullable AvatarId avatar, Supplier<T> work, Function<T, Outcome> outcome) {
        Intent intent = new Intent(UUID.randomUUID(), clock.instant(), avatar, process, detail(actor, action));
        insert(List.of(intent));
        T result = attempt(List.of(intent), work);
        finish(intent, outcome.apply(result), clock.instant());
        return result;
    }

    /**
     * Runs one action on several avatars and writes an event for each. As {@link #did}, with one transaction for all
     * intents and one for all events.
     *
     * @param work returns a result for each of the avatars
     * @param outcome maps the result of one avatar to the outcome in its event
     * @throws StoreException as {@link #did}
     */
    public <T> Map<AvatarId, T> didAll(
            Actor actor,
            String action,
            List<AvatarId> avatars,
            Function<List<AvatarId>, Map<AvatarId, T>> work,
            Function<T, Outcome> outcome) {
        if (avatars.isEmpty()) {
            return Map.of();
        }
        Instant begun = clock.instant();
        JsonObject detail = detail(actor, action);
        List<Intent> intents = avatars.stream()
                .map(avatar -> new Intent(UUID.randomUUID(), begun, avatar, process, detail))
                .toList();
        insert(intents);
        Map<AvatarId, T> results = attempt(intents, () -> work.apply(avatars));
        Instant done = clock.instant();
        database.inTransaction(connection -> {
            List<Event> ended = new ArrayList<>();
            for (Intent intent : intents) {
                T result = results.get(intent.avatar());
                if (result == null) {
                    throw new IllegalStateException("no result of " + action + " for " + intent.avatar());
                }
                boolean unused = delete(connection, intent.id());
                ended.add(event(intent, outcome.apply(result), done));
            }
            events.append(connection, ended);
            return 1;
        });
        return results;
    }

    /** Runs the action; when it fails, writes the events with the outcome {@code failed}. */
    private <T> T attempt(List<Intent> intents, Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException failure) {
            String why = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
            intents.forEach(intent -> tryToFinish(intent, new Outcome("failed", UntrustedText.line(why))));
            throw failure;
        }
    }

    /**
     * Writes the event of every action whose process ended before it could.
     *
     * @return how many
     */
    public int recordAbandoned() {
        Instant now = clock.instant();
        int recorded = 0;
        for (Intent intent : database.read(connection -> before(connection, now.minus(ABANDONED_AFTER)))) {
            String reason = "the process that acted ended before it could record its outcome";
            recorded += finish(intent, new Outcome("unknown", reason), intent.at()) ? 1 : 0;
        }
        return recorded;
    }

    /** A started action whose event is not written yet. */
    private record Intent(UUID id, Instant at, @Nullable AvatarId avatar, String process, JsonObject detail) {}

    private static JsonObject detail(Actor actor, String action) {
        JsonObject detail = new JsonObject();
        detail.addProperty("action", action);
        actor.addTo(detail);
        return detail;
    }

    private void insert(List<Intent> intents) {
        String sql = "INSERT INTO avatar_monitor_action (id, at, avatar_id, process, detail) VALUES (?, ?, ?, ?, ?)";
        database.inTransaction(connection -> Jdbc.batch(connection, sql, intents, intent -> new @Nullable Object[] {
            intent.id(),
            intent.at(),
            intent.avatar() == null ? null : intent.avatar().value(),
            intent.process(),
            ServerText.json(connection, intent.detail(), false)
        }));
    }

    private static List<Intent> before(Connection connection, Instant before) throws SQLException {
        String sql =
                "SELECT id, at, avatar_id, process, detail FROM avatar_monitor_action WHERE at < ? ORDER BY at LIMIT ?";
        return Jdbc.list(
                connection,
                sql,
                row -> {
                    UUID avatar = row.getObject("avatar_id", UUID.class);
                    return new Intent(
                            row.getObject("id", UUID.class),
                            Timestamps.at(row, "at"),
                            avatar == null ? null : new AvatarId(avatar),
                            row.getString("process"),
                            JsonParser.parseString(row.getString("detail")).getAsJsonObject());
                },
                before,
                ABANDONED_MAX);
    }

    /**
     * Writes the event and deletes the intent.
     *
     * @return false when another process has written the event already
     */
    private boolean finish(Intent intent, Outcome outcome, Instant at) {
        Event event = event(intent, outcome, at);
        return database.inTransaction(connection -> {
            boolean first = delete(connection, intent.id());
            // An action that outlived the timeout gets a second event with its real outcome.
            if (first || !outcome.word().equals("unknown")) {
                events.append(connection, event);
            }
            return first;
        });
    }

    private static Event event(Intent intent, Outcome outcome, Instant at) {
        JsonObject detail = new JsonObject();
        intent.detail().entrySet().stream().limit(1).forEach(action -> detail.add(action.getKey(), action.getValue()));
        detail.addProperty("outcome", outcome.word());
        if (outcome.reason() != null) {
            detail.addProperty("reason", outcome.reason());
        }
        intent.detail().entrySet().stream().skip(1).forEach(actor -> detail.add(actor.getKey(), actor.getValue()));
        return new Event(at, intent.avatar(), null, intent.process(), EventType.OPERATOR_ACTION, detail);
    }

    private static boolean delete(Connection connection, UUID id) throws SQLException {
        return Jdbc.update(connection, "DELETE FROM avatar_monitor_action WHERE id = ?", id) == 1;
    }

    private void tryToFinish(Intent intent, Outcome outcome) {
        try {
            boolean unused = finish(intent, outcome, clock.instant());
        } catch (StoreException e) {
            log.warn(
                    "outcome of an action not written, a worker records it later detail={} error={}",
                    intent.detail(),
                    e.getMessage());
        }
    }
}
