package avatarmonitor.alert;

import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.event.EventType;
import com.google.gson.JsonElement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Kinds of alerts: which events raise them and what ends them. */
enum AlertKind {
    FAL_KEY_REFUSED("fal refuses the key", EventType.FAL_PAUSED, EventType.FAL_RESUMED, true, true, 1),
    FAL_PAUSED("polling of fal pauses", EventType.FAL_PAUSED, EventType.FAL_RESUMED, true, false, 1),
    /** Refused results raise it too, with the same spacing as {@link #RESULT_REFUSED}. */
    FAL_ACCOUNT_LOCKED("fal has locked the account", EventType.FAL_PAUSED, EventType.FAL_RESUMED, true, true, 25),
    ENDPOINT_UNKNOWN(
            "fal does not have a configured endpoint",
            EventType.ENDPOINT_UNKNOWN,
            EventType.ENDPOINT_KNOWN,
            true,
            true,
            1),
    RATE_TOO_LOW("the rate limit is too low", EventType.RATE_TOO_LOW, EventType.RATE_RIGHT, false, false, 1),
    /** While a result is refused, its events are at most twenty minutes apart. */
    RESULT_REFUSED("fal refuses results", EventType.RESULT_REFUSED, true, 25),
    GAVE_UP("monitoring gave up", EventType.GAVE_UP, true, 15),
    TIMED_OUT("trainings passed their deadline", EventType.TIMED_OUT, true, 15),
    STALLED("trainings stalled", EventType.STALLED, true, 15),
    WRITE_REFUSED("the database refuses ends of trainings", EventType.WRITE_REFUSED, true, 15),
    RECONCILE_FAILING("reconcile fails", EventType.RECONCILE_FAILED, EventType.RECONCILE_RECOVERED, false, true, 0),
    WORKER_LOST("workers lost", EventType.WORKER_LOST, false, 5),
    WORKER_STUCK("workers were stuck and ended", EventType.WORKER_STUCK, true, 15),
    REPAIR_RUNAWAY("repair does not last", EventType.REPAIR_RUNAWAY, true, 15),
    DATABASE_LOST("the database was lost and is back", EventType.DATABASE_BACK, false, 5),
    SCHEMA_BROKEN(
            "the table avatars can no longer be monitored",
            EventType.SCHEMA_BROKEN,
            EventType.SCHEMA_RIGHT,
            true,
            true,
            1),
    CLOCK_OFF("a clock is wrong", EventType.CLOCK_OFF, EventType.CLOCK_RIGHT, true, true, 1);

    private final String title;
    private final EventType raising;
    private final @Nullable EventType ending;
    private final boolean ofWorkers;
    private final boolean urgent;
    private final Duration quietPeriod;

    /** A kind that ends after a quiet period only. */
    AlertKind(String title, EventType raising, boolean urgent, int quietMinutes) {
        this(title, raising, null, false, urgent, quietMinutes);
    }

    AlertKind(
            String title,
            EventType raising,
            @Nullable EventType ending,
            boolean ofWorkers,
            boolean urgent,
            int quietMinutes) {
        this.title = title;
        this.raising = raising;
        this.ending = ending;
        this.ofWorkers = ofWorkers;
        this.urgent = urgent;
        this.quietPeriod = Duration.ofMinutes(quietMinutes);
    }

    static List<AlertKind> raisedBy(Logged event) {
        if (event.type().equals(EventType.FAL_PAUSED.column())) {
            return List.of(
                    switch (text(event, "refused")) {
                        case "key" -> FAL_KEY_REFUSED;
                        case "account" -> FAL_ACCOUNT_LOCKED;
                        default -> FAL_PAUSED;
                    });
        }
        if (event.type().equals(EventType.RESULT_REFUSED.column())
                && text(event, "account_locked").equals("true")) {
            return List.of(RESULT_REFUSED, FAL_ACCOUNT_LOCKED);
        }
        return Arrays.stream(values())
                .filter(kind -> kind.raising.column().equals(event.type()))
                .toList();
    }

    private static String text(Logged event, String name) {
        JsonElement value = event.detail().get(name);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
    }

    /**
     * Returns whether the alert lasts for the event's worker until that worker ends it. Otherwise it lasts until no
     * such event comes any more.
     */
    boolean lastsAfter(Logged event) {
        return lasts() && event.type().equals(raising.column());
    }

    /** Returns the kinds that an event ends, either for its worker or for all. */
    static List<AlertKind> endedBy(Logged event) {
        return Arrays.stream(values())
                .filter(kind -> kind.ending != null && kind.ending.column().equals(event.type()))
                .toList();
    }

    /** Name in column {@code kind} and in messages. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Short title for messages. */
    String title() {
        return title;
    }

    /** Returns whether an event ends it; otherwise it ends after a quiet period. */
    boolean lasts() {
        return ending != null;
    }

    /** Returns whether it is kept per worker, until that worker ends it or is gone. */
    boolean ofWorkers() {
        return ofWorkers;
    }

    /** Returns whether an operator must act; the others recover by themselves. */
    boolean urgent() {
        return urgent;
    }

    /**
     * Quiet period without events before the alert is over. Prevents a message for each change of an unstable
     * condition.
     */
    Duration quietPeriod() {
        return quietPeriod;
    }
}
