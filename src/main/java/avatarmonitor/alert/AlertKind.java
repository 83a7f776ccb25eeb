package avatarmonitor.alert;

import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.event.EventType;
import com.google.gson.JsonElement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What people are told about: which events raise it, and what ends it. */
enum AlertKind {
    FAL_KEY_REFUSED(
            "fal refuses the key", EventType.FAL_PAUSED, EventType.FAL_RESUMED, true, true, Duration.ofMinutes(1)),
    FAL_PAUSED(
            "polling of fal pauses", EventType.FAL_PAUSED, EventType.FAL_RESUMED, true, false, Duration.ofMinutes(1)),
    FAL_ACCOUNT_LOCKED(
            "fal has locked the account",
            EventType.FAL_PAUSED,
            EventType.FAL_RESUMED,
            true,
            true,
            // Refused results tell of it too, as far apart as for RESULT_REFUSED.
            Duration.ofMinutes(25)),
    ENDPOINT_UNKNOWN(
            "fal does not have a configured endpoint",
            EventType.ENDPOINT_UNKNOWN,
            EventType.ENDPOINT_KNOWN,
            true,
            true,
            Duration.ofMinutes(1)),
    RATE_TOO_LOW(
            "the rate limit is too low",
            EventType.RATE_TOO_LOW,
            EventType.RATE_RIGHT,
            false,
            false,
            Duration.ofMinutes(1)),
    /** Its events are at most a quarter of an hour and one check apart while a result is refused. */
    RESULT_REFUSED("fal refuses results", EventType.RESULT_REFUSED, null, false, true, Duration.ofMinutes(25)),
    GAVE_UP("watching gave up", EventType.GAVE_UP, null, false, true, Duration.ofMinutes(15)),
    STALLED("trainings stalled", EventType.STALLED, null, false, true, Duration.ofMinutes(15)),
    WRITE_REFUSED(
            "the database refuses ends of trainings",
            EventType.WRITE_REFUSED,
            null,
            false,
            true,
            Duration.ofMinutes(15)),
    RECONCILE_FAILING(
            "reconcile fails", EventType.RECONCILE_FAILED, EventType.RECONCILE_RECOVERED, false, true, Duration.ZERO),
    WORKER_LOST("workers lost", EventType.WORKER_LOST, null, false, false, Duration.ofMinutes(5)),
    WORKER_STUCK("workers were stuck and ended", EventType.WORKER_STUCK, null, false, true, Duration.ofMinutes(15)),
    REPAIR_RUNAWAY("repair does not last", EventType.REPAIR_RUNAWAY, null, false, true, Duration.ofMinutes(15)),
    DATABASE_LOST(
            "the database was lost and is back", EventType.DATABASE_BACK, null, false, false, Duration.ofMinutes(5)),
    SCHEMA_BROKEN(
            "the table avatars can no longer be monitored",
            EventType.SCHEMA_BROKEN,
            EventType.SCHEMA_RIGHT,
            true,
            true,
            Duration.ofMinutes(1)),
    CLOCK_OFF("a clock is wrong", EventType.CLOCK_OFF, EventType.CLOCK_RIGHT, true, true, Duration.ofMinutes(1));

    private final String title;
    private final EventType raising;
    private final @Nullable EventType ending;
    private final boolean ofWorkers;
    private final boolean urgent;
    private final Duration calm;

    AlertKind(
            String title,
            EventType raising,
            @Nullable EventType ending,
            boolean ofWorkers,
            boolean urgent,
            Duration calm) {
        this.title = title;
        this.raising = raising;
        this.ending = ending;
        this.ofWorkers = ofWorkers;
        this.urgent = urgent;
        this.calm = calm;
    }

    /** Which kinds an event raises. */
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

    /** Whether it lasts for the event's worker until that ends it; otherwise until no such event comes any more. */
    boolean lastsAfter(Logged event) {
        return lasts() && event.type().equals(raising.column());
    }

    /** Which kinds an event ends, for its worker or altogether. */
    static List<AlertKind> endedBy(Logged event) {
        return Arrays.stream(values())
                .filter(kind -> kind.ending != null && kind.ending.column().equals(event.type()))
                .toList();
    }

    /** The value in column {@code kind} and in messages. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** In a few words. */
    String title() {
        return title;
    }

    /** Whether it lasts until something ends it; otherwise only until nothing more of it happened for a while. */
    boolean lasts() {
        return ending != null;
    }

    /** Whether each worker has it for itself, until that worker ends it or is gone. */
    boolean ofWorkers() {
        return ofWorkers;
    }

    /** Whether a person must act; the others heal by themselves. */
    boolean urgent() {
        return urgent;
    }

    /** How long nothing of it must happen before it counts as over; so that what flutters is not told each time. */
    Duration calm() {
        return calm;
    }
}
