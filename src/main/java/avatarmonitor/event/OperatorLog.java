package avatarmonitor.event;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonObject;
import java.time.InstantSource;
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
     * Runs an action and writes its event.
     *
     * @param avatar null when the action concerns no avatar
     * @param outcome maps the result to the outcome in the event
     * @throws StoreException when the event cannot be written, although the action was done
     */
    public <T> T did(
            Actor actor, String action, @Nullable AvatarId avatar, Supplier<T> work, Function<T, Outcome> outcome) {
        T result;
        try {
            result = work.get();
        } catch (RuntimeException failure) {
            String why = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
            tryToWrite(event(actor, action, avatar, new Outcome("failed", UntrustedText.line(why))));
            throw failure;
        }
        write(event(actor, action, avatar, outcome.apply(result)));
        return result;
    }

    private Event event(Actor actor, String action, @Nullable AvatarId avatar, Outcome outcome) {
        JsonObject detail = new JsonObject();
        detail.addProperty("action", action);
        detail.addProperty("outcome", outcome.word());
        if (outcome.reason() != null) {
            detail.addProperty("reason", outcome.reason());
        }
        actor.addTo(detail);
        return new Event(clock.instant(), avatar, null, process, EventType.OPERATOR_ACTION, detail);
    }

    private void write(Event event) {
        database.inTransaction(connection -> {
            events.append(connection, event);
            return 1;
        });
    }

    private void tryToWrite(Event event) {
        try {
            write(event);
        } catch (StoreException e) {
            log.warn("action of an operator not written detail={} error={}", event.detail(), e.getMessage());
        }
    }
}
