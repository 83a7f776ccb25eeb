package avatarmonitor.check;

import avatarmonitor.check.Watch.Doubt;
import avatarmonitor.fal.FalAnswer;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;

/**
 * When to ask again for a result that fal refused: exponential backoff from half a minute to ten minutes. It is a function of what is
 * remembered anyway, so it holds across restarts and for all workers.
 */
final class ResultBackoff {
    static final Duration FIRST = Duration.ofSeconds(30);
    /** Longest wait for the model after access was given back. */
    static final Duration MAX = Duration.ofMinutes(10);

    /** Refusals in a row between which the wait still grows. */
    private static final int QUIET_UNTIL = 5;

    private ResultBackoff() {}

    /** Whether it is too early to ask again. */
    static boolean holds(Doubt doubt, Instant now) {
        return doubt.kind() == Doubt.Kind.REFUSED
                // A clock that was set back must not hold it for longer.
                && !now.isBefore(doubt.since())
                && now.isBefore(doubt.since().plus(waits(doubt.inRow())));
    }

    /**
     * Whether a refusal leaves an event: the first one, and each after the waits have grown to their full length, so that the alert lasts as long
     * as the refusals do. At most six an hour for each avatar, and never more than {@link #waits} of five refusals, a quarter of an hour,
     * and one check apart.
     */
    static boolean tells(Doubt doubt) {
        return doubt.inRow() == 1 || doubt.inRow() > QUIET_UNTIL;
    }

    /** What the event about a refusal tells. */
    static JsonObject detail(FalAnswer.RequestRefused refused) {
        JsonObject detail = new JsonObject();
        detail.addProperty("reason", refused.detail());
        detail.addProperty("http_code", refused.code());
        detail.addProperty("account_locked", refused.accountLocked());
        return detail;
    }

    /** Sum of the waits after that number of refusals. */
    private static Duration waits(int refusals) {
        Duration sum = Duration.ZERO;
        Duration wait = FIRST;
        for (int i = 0; i < refusals; i++) {
            sum = sum.plus(wait);
            wait = wait.compareTo(MAX.dividedBy(2)) < 0 ? wait.multipliedBy(2) : MAX;
        }
        return sum;
    }
}
