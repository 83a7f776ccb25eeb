package avatarmonitor.app;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request to cancel a training at fal came to.
 *
 * @param reason a sentence without its end; null where the kind says it all
 */
public record CancelOutcome(Kind kind, @Nullable String reason) {

    /** What happened. */
    public enum Kind {
        /** fal has taken it. The training may still end normally. */
        CANCEL_REQUESTED,
        /** The training was over at fal before: its end is stored as any other. */
        ALREADY_OVER,
        /** fal does not know the request. */
        NOT_FOUND,
        /** Not asked: there is no such avatar. */
        NO_AVATAR,
        /** Not asked: the avatar is not in TRAINING, or must not be sent to fal. */
        REFUSED,
        /** fal did not take it; another try may succeed. */
        FAILED
    }

    CancelOutcome(Kind kind) {
        this(kind, null);
    }

    /** For programs: lower case with underscores. */
    public String word() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** Whether the training is over or about to be. */
    public boolean done() {
        return kind == Kind.CANCEL_REQUESTED || kind == Kind.ALREADY_OVER;
    }

    /** For people: one sentence. */
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
