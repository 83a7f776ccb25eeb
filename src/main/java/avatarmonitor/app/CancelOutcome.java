package avatarmonitor.app;

import avatarmonitor.event.OperatorLog.Outcome;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Outcome of a request to cancel a training at fal.
 *
 * @param reason a sentence without a full stop; null where the kind needs none
 */
public record CancelOutcome(Kind kind, @Nullable String reason) {

    public enum Kind {
        /** fal accepted the cancel. The training may still end normally. */
        CANCEL_REQUESTED,
        /** The training was already over at fal; its end is stored like any other. */
        ALREADY_OVER,
        /** fal does not know the request. */
        NOT_FOUND,
        /** No request sent: there is no such avatar. */
        NO_AVATAR,
        /** No request sent: the avatar is not in TRAINING, or must not be sent to fal. */
        REFUSED,
        /** fal did not accept the cancel; a retry may succeed. */
        FAILED
    }

    CancelOutcome(Kind kind) {
        this(kind, null);
    }

    /** Name for programs: lower case with underscores. */
    public String word() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** Outcome in the event of the action. */
    Outcome logged() {
        return new Outcome(kind == Kind.NO_AVATAR ? "refused" : word(), reason);
    }

    /** Returns whether the training is over or will be soon. */
    public boolean done() {
        return kind == Kind.CANCEL_REQUESTED || kind == Kind.ALREADY_OVER;
    }

    /** Text for display: one sentence. */
    public String words() {
        return switch (kind) {
            case CANCEL_REQUESTED ->
                "fal has taken the cancel; the avatar stays monitored until fal says that it has ended.";
            case ALREADY_OVER -> "It was over at fal already; its next check, due now, stores the end.";
            case NOT_FOUND -> "fal does not know the request.";
            case NO_AVATAR, REFUSED, FAILED -> (kind == Kind.FAILED ? "Not cancelled: " : "Refused: ") + reason + ".";
        };
    }
}
