package avatarmonitor.check;

import avatarmonitor.event.EventType;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How fal ended a training, kept while it is not in the avatar's row.
 *
 * @param falStatus fal's last word about the request
 * @param reason what went wrong; null when nothing did
 * @param body of fal's result; null when there was none, or it was too large to be kept
 * @param at when fal said so
 */
record KeptEnd(
        String falRequestId,
        Ending ending,
        String falStatus,
        @Nullable String reason,
        @Nullable JsonObject body,
        Instant at) {

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
            return new KeptEnd(falRequestId, Ending.COMPLETED, "COMPLETED", null, complete.response(), at);
        }
        if (end instanceof Step.Fail fail) {
            return new KeptEnd(falRequestId, Ending.FAILED, fail.falStatus(), fail.reason(), null, at);
        }
        if (end instanceof Step.Cancel cancel) {
            return new KeptEnd(falRequestId, Ending.CANCELLED, "CANCELLED", cancel.reason(), null, at);
        }
        throw new IllegalStateException("unknown end of a training " + end);
    }

    /** The reason, or an empty text. */
    String words() {
        return reason == null ? "" : reason;
    }
}
