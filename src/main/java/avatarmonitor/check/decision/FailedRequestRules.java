package avatarmonitor.check.decision;

import avatarmonitor.avatar.TrainingType;
import avatarmonitor.check.decision.Monitoring.Doubt;
import avatarmonitor.check.decision.NextAction.Observed;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.fal.answer.PlatformApiAnswer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decisions for a check without a usable answer of fal: rows 9 to 12 of docs/decision-table.md. Pure, a part of {@link
 * Decision}.
 */
public final class FailedRequestRules {
    /**
     * Number of consecutive answers that must agree, in addition to the grace period, before a training counts as lost.
     */
    static final int DOUBTS_IN_ROW_MIN = 3;

    /**
     * How long the platform API may fail to answer, after the grace period, before a training that the queue has lost
     * is failed without it.
     */
    static final Duration HISTORY_TIMEOUT = Duration.ofHours(1);

    /** Number of consecutive refusals up to which the backoff still grows. */
    private static final int QUIET_UNTIL = 5;

    private final Rules rules;
    private final boolean counting;

    /** @param counting whether failures add up to giving up */
    FailedRequestRules(Rules rules, boolean counting) {
        this.rules = rules;
        this.counting = counting;
    }

    /**
     * The training that an answer is about, and the request that was sent.
     *
     * @param submittedTo see {@link Rules#submittedTo}
     */
    record Facts(FalRequest request, TrainingType type, Monitoring monitoring, Set<String> submittedTo) {
        /** Returns whether the endpoint of the request is already stored. */
        boolean isKnown() {
            return request.endpoint().equals(monitoring.endpoint());
        }
    }

    Facts facts(FalRequest request, Eligibility.Eligible eligible, Monitoring monitoring) {
        return new Facts(request, eligible.type(), monitoring, rules.submittedTo(eligible, monitoring));
    }

    /** Row 10b: only this avatar waits, since a refused result says nothing about the others. */
    static NextAction refused(CheckState state, FalAnswer.RequestRefused refused, Facts facts) {
        Doubt doubt = Doubt.next(facts.monitoring().doubt(), Doubt.Kind.REFUSED, state.now());
        String reason = (refused.accountLocked()
                        ? "fal has locked the account and refuses the result of this request: "
                        : "fal refuses the result of this request: ")
                + refused.detail();
        int failures = failing(facts);
        Observed observed = new Observed("COMPLETED", null, null, failures, doubt, reason, state.now());
        return new NextAction.KeepMonitoring(observed, writesEvent(doubt) ? refused : null);
    }

    /**
     * Returns whether a refusal writes an event: the first one, and each one after the backoff has reached its maximum,
     * so that the alert lasts as long as the refusals. At most seven events per hour and avatar, at most twenty minutes
     * apart.
     */
    private static boolean writesEvent(Doubt doubt) {
        return doubt.inRow() == 1 || doubt.inRow() > QUIET_UNTIL;
    }

    /** Returns the detail of the event about a refusal. */
    public static JsonObject detail(FalAnswer.RequestRefused refused) {
        JsonObject detail = new JsonObject();
        detail.addProperty("reason", refused.detail());
        detail.addProperty("http_code", refused.code());
        detail.addProperty("account_locked", refused.accountLocked());
        return detail;
    }

    /** Row 9, and the same for results: ends the training as lost only if the answer persists. */
    NextAction waitOrLose(
            Doubt.Kind kind,
            String reason,
            String falStatus,
            @Nullable FalError error,
            @Nullable JsonElement raw,
            CheckState state,
            Facts facts) {
        Doubt doubt = Doubt.next(facts.monitoring().doubt(), kind, state.now());
        boolean lasted = !doubt.since().plus(rules.notFoundGrace()).isAfter(state.now());
        // A result that fal fails to return still exists; one that fal no longer has may be in the platform API.
        boolean gone = error == null;
        if (doubt.inRow() >= DOUBTS_IN_ROW_MIN && lasted) {
            if (gone && state.history() == null) {
                return new NextAction.AskHistory(facts.request().id(), facts.submittedTo());
            }
            boolean mayCome = state.history() instanceof PlatformApiAnswer.Running
                    || (state.history() instanceof PlatformApiAnswer.Unclear
                            && doubt.since()
                                    .plus(rules.notFoundGrace())
                                    .plus(HISTORY_TIMEOUT)
                                    .isAfter(state.now()));
            if (!gone || !mayCome) {
                return new NextAction.Fail(reason, falStatus, error, raw);
            }
        }
        int failures = failing(facts);
        return new NextAction.KeepMonitoring(new Observed(falStatus, null, null, failures, doubt, reason, state.now()));
    }

    /** Returns the failure count of a check with an error that counts as failing, but does not add up to giving up. */
    private static int failing(Facts facts) {
        return Math.max(1, facts.monitoring().failuresInRow());
    }

    NextAction trouble(CheckState state, FalAnswer answer, Facts facts) {
        if (answer instanceof FalAnswer.AccessRefused refused) {
            return new NextAction.Wait(
                    refused.accountLocked()
                            ? "fal has locked the account (HTTP " + refused.code() + ")"
                            : "fal refused the key (HTTP " + refused.code() + ")"); // row 10
        }
        if (answer instanceof FalAnswer.ApplicationUnknown unknown) {
            String error = "fal does not have the application "
                    + facts.request().endpoint() + ", check " + facts.type().endpointKey() + ": " + unknown.detail();
            int failures = failing(facts);
            Doubt doubt = facts.monitoring().doubt();
            return new NextAction.KeepMonitoring(
                    new Observed("APPLICATION_UNKNOWN", null, null, failures, doubt, error, state.now())); // row 10c
        }
        if (answer instanceof FalAnswer.RateLimited limited) {
            return new NextAction.Wait(
                    "fal asked for a pause of " + limited.retryAfter().toSeconds() + " s"); // row 11
        }
        if (answer instanceof FalAnswer.Held held) {
            return new NextAction.Wait(held.reason()); // rows 10 and 11, and local limits
        }
        if (answer instanceof FalAnswer.Unavailable unavailable) {
            int failures = counting ? facts.monitoring().failuresInRow() + 1 : failing(facts); // row 12
            String error = unavailable.cause() + ": " + unavailable.detail();
            Doubt doubt = facts.monitoring().doubt();
            Observed observed = new Observed("UNAVAILABLE", null, null, failures, doubt, error, state.now());
            return counting && failures >= rules.maxFailuresInRow()
                    ? new NextAction.GiveUp(observed)
                    : new NextAction.KeepMonitoring(observed);
        }
        throw new IllegalStateException("no rule for fal's answer " + answer);
    }
}
