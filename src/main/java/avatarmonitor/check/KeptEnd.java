package avatarmonitor.check;

import avatarmonitor.event.EventType;
import avatarmonitor.fal.Charged;
import avatarmonitor.fal.FalError;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How fal ended a training, kept while it is not in the avatar's row.
 *
 * @param falStatus fal's last word about the request
 * @param reason what went wrong; null when nothing did
 * @param error the reason in its parts; null when nothing went wrong, or fal lost the request
 * @param body of fal's answer; null when there was none, or it was too large to be kept
 * @param at when fal said so
 * @param rejudged whether it counted as a failure before
 */
record KeptEnd(
        String falRequestId,
        Ending ending,
        String falStatus,
        @Nullable String reason,
        @Nullable FalError error,
        @Nullable JsonElement body,
        Instant at,
        boolean rejudged) {

    KeptEnd(
            String falRequestId,
            Ending ending,
            String falStatus,
            @Nullable String reason,
            @Nullable FalError error,
            @Nullable JsonElement body,
            Instant at) {
        this(falRequestId, ending, falStatus, reason, error, body, at, false);
    }

    /** The same answer, in which a model is found now. */
    KeptEnd completed() {
        return new KeptEnd(falRequestId, Ending.COMPLETED, falStatus, null, null, body, at, true);
    }

    /** The ends of a training that fal decides. */
    enum Ending {
        COMPLETED(WatchStore.Outcome.COMPLETED, EventType.COMPLETED, CheckOutcome.COMPLETED),
        FAILED(WatchStore.Outcome.FAILED, EventType.FAILED, CheckOutcome.FAILED),
        CANCELLED(WatchStore.Outcome.CANCELLED, EventType.CANCELLED, CheckOutcome.CANCELLED);

        final WatchStore.Outcome outcome;
        final EventType event;
        final CheckOutcome checkOutcome;

        Ending(WatchStore.Outcome outcome, EventType event, CheckOutcome checkOutcome) {
            this.outcome = outcome;
            this.event = event;
            this.checkOutcome = checkOutcome;
        }

        /** The value in columns {@code outcome} and {@code ending}. */
        String column() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static KeptEnd of(String falRequestId, Step.TrainingEnd end, Instant at) {
        if (end instanceof Step.Complete complete) {
            return new KeptEnd(falRequestId, Ending.COMPLETED, "COMPLETED", null, null, complete.response(), at);
        }
        if (end instanceof Step.Fail fail) {
            return new KeptEnd(
                    falRequestId, Ending.FAILED, fail.falStatus(), fail.reason(), fail.error(), fail.raw(), at);
        }
        if (end instanceof Step.Cancel cancel) {
            return new KeptEnd(falRequestId, Ending.CANCELLED, "CANCELLED", cancel.reason(), null, null, at);
        }
        throw new IllegalStateException("unknown end of a training " + end);
    }

    /** What the event about it tells, and with it the application: the reason, and what fal said about the failure in its parts. */
    JsonObject detail() {
        JsonObject detail = new JsonObject();
        if (reason != null) {
            detail.addProperty("reason", reason);
        }
        if (ending == Ending.COMPLETED) {
            if (rejudged) {
                detail.addProperty("rejudged", true);
            }
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
    String words() {
        return reason == null ? "" : reason;
    }
}
