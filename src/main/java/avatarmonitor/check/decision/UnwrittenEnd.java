package avatarmonitor.check.decision;

import avatarmonitor.event.EventType;
import avatarmonitor.fal.answer.Charged;
import avatarmonitor.fal.answer.FalError;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * End of a training as reported by fal, stored while it is not in the avatar's row.
 *
 * @param falStatus fal's last status of the request
 * @param reason error; null when there is none
 * @param error the error in its parts; null when there is none, or fal lost the request
 * @param body of fal's answer; null when there was none, or it was too large to be stored
 * @param at time of fal's answer
 */
public record UnwrittenEnd(
        String falRequestId,
        Ending ending,
        String falStatus,
        @Nullable String reason,
        @Nullable FalError error,
        @Nullable JsonElement body,
        Instant at) {

    /** Returns the same answer as a success, after a model was found in it. */
    public UnwrittenEnd completed() {
        return new UnwrittenEnd(falRequestId, Ending.COMPLETED, falStatus, null, null, body, at);
    }

    /** The ends of a training that fal decides. */
    public enum Ending {
        COMPLETED(EventType.COMPLETED, CheckOutcome.COMPLETED),
        FAILED(EventType.FAILED, CheckOutcome.FAILED),
        CANCELLED(EventType.CANCELLED, CheckOutcome.CANCELLED);

        public final EventType event;
        public final CheckOutcome checkOutcome;

        Ending(EventType event, CheckOutcome checkOutcome) {
            this.event = event;
            this.checkOutcome = checkOutcome;
        }

        /** Value in columns {@code outcome} and {@code ending}. */
        public String column() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static UnwrittenEnd of(String falRequestId, NextAction.TrainingEnd end, Instant at) {
        if (end instanceof NextAction.Complete complete) {
            return new UnwrittenEnd(falRequestId, Ending.COMPLETED, "COMPLETED", null, null, complete.response(), at);
        }
        if (end instanceof NextAction.Fail fail) {
            return new UnwrittenEnd(
                    falRequestId, Ending.FAILED, fail.falStatus(), fail.reason(), fail.error(), fail.raw(), at);
        }
        if (end instanceof NextAction.Cancel cancel) {
            return new UnwrittenEnd(falRequestId, Ending.CANCELLED, "CANCELLED", cancel.reason(), null, null, at);
        }
        throw new IllegalStateException("unknown end of a training " + end);
    }

    /** Detail of the event, which is also sent to the application: the reason, and the parts of fal's error. */
    public JsonObject detail() {
        JsonObject detail = new JsonObject();
        if (reason != null) {
            detail.addProperty("reason", reason);
        }
        if (ending == Ending.COMPLETED) {
            detail.addProperty("http_code", 200);
            detail.addProperty("charged", Charged.YES.word());
        } else if (error != null) {
            if (!error.type().isEmpty()) {
                detail.addProperty("error_type", error.type());
            }
            if (error.httpCode() != 0) {
                detail.addProperty("http_code", error.httpCode());
            }
            detail.addProperty("retryable", error.retryable());
            detail.addProperty("charged", error.charged().word());
        }
        return detail;
    }

    /** The reason, or an empty text. */
    public String words() {
        return reason == null ? "" : reason;
    }
}
