package avatarmonitor.pause;

import avatarmonitor.avatar.AsciiCase;
import avatarmonitor.event.Actor;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A pause of polling by an operator: while it is in effect, no regular check and no hint sends a request to fal for the
 * trainings that it covers. Their triggers keep firing.
 *
 * @param type training type in upper case; null for all trainings
 * @param since by the database's clock
 * @param until when it ends by itself, by the database's clock; null when only an operator ends it
 * @param reason null when none was given
 * @param actor operator who began or last changed it
 */
public record PollingPause(
        @Nullable String type,
        Instant since,
        @Nullable Instant until,
        @Nullable String reason,
        Actor actor) {

    /** Returns whether trainings of this type, in any letter case, are paused; null is an unknown type. */
    public boolean covers(@Nullable String trainingType) {
        return type == null || (trainingType != null && type.equals(AsciiCase.upper(trainingType)));
    }

    /** Returns what is paused, by whom, and why, as a sentence without a full stop. */
    public String words() {
        return "Polling" + (type == null ? "" : " of " + type + " trainings") + " is paused by operator " + actor.name()
                + " (" + actor.channel() + ")" + (reason == null ? "" : ": " + reason);
    }

    /** Returns when it ends, as the end of a sentence. */
    public String untilWords() {
        return until == null ? "until it is resumed" : "until " + until.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Detail of an event about this pause. */
    JsonObject detail() {
        JsonObject detail = new JsonObject();
        if (type != null) {
            detail.addProperty("training_type", type);
        }
        if (reason != null) {
            detail.addProperty("reason", reason);
        }
        detail.addProperty("since", since.toString());
        if (until != null) {
            detail.addProperty("until", until.toString());
        }
        return detail;
    }
}
