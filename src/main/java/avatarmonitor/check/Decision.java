package avatarmonitor.check;

import avatarmonitor.avatar.TrainingType;
import avatarmonitor.check.Step.Observed;
import avatarmonitor.check.Watch.Doubt;
import avatarmonitor.fal.FalAnswer;
import avatarmonitor.fal.FalError;
import avatarmonitor.fal.FalRequest;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * The life of one training as a pure function: what is known goes in, the next step comes out. {@link StatusCheck} does what it
 * says and asks again until the step is an end. Row numbers in the comments are those of docs/decision-table.md.
 */
final class Decision {
    /** So many answers in a row must agree, besides lasting long enough, before a training counts as lost. */
    static final int DOUBTS_IN_ROW_MIN = 3;

    /**
     * The log lines are asked for in the first check and then in one of every few. They only tell progress, and fal sends those of the last five
     * minutes, so that at an interval of one minute none is missed.
     */
    static final int CHECKS_PER_LOGS = 3;

    private final Rules rules;
    private final boolean patient;

    Decision(Rules rules) {
        this(rules, true);
    }

    private Decision(Rules rules, boolean patient) {
        this.rules = rules;
        this.patient = patient;
    }

    /** The same for a check that an operator asked for: what fal refused a moment ago is tried again. */
    Decision impatient() {
        return new Decision(rules, false);
    }

    Step decide(Known known) {
        Step step = fromAvatar(known);
        if (known.lastLook() && step instanceof Step.KeepWatching keep) {
            return new Step.WindowExpired(keep.observed(), keep.refused());
        }
        if (known.lastLook() && step instanceof Step.Wait) {
            return new Step.WindowExpired(null);
        }
        return step;
    }

    private Step fromAvatar(Known known) {
        if (known.avatar() == null) {
            return new Step.Stop("there is no such avatar"); // row 1
        }
        Eligibility eligibility = Eligibility.of(known.avatar(), known.now());
        if (eligibility instanceof Eligibility.NotTraining other) {
            return new Step.Stop("its status is " + other.status()); // row 2
        }
        if (eligibility instanceof Eligibility.Invalid invalid) {
            return new Step.Invalid(invalid.reason()); // row 3
        }
        if (!(eligibility instanceof Eligibility.Watchable watchable)) {
            throw new IllegalStateException("unknown eligibility " + eligibility);
        }
        FalRequest request = rules.request(watchable);
        String requestId = request.id().value();
        Watch watch = known.watch() == null ? Watch.unknown(requestId, known.now()) : known.watch();
        if (!watch.falRequestId().equals(requestId)) {
            return new Step.StartAnew(watch.falRequestId(), requestId); // row 4
        }
        Step written = known.kept() == null ? null : fromKept(known.kept(), requestId, watchable.type());
        if (written != null) {
            return written; // row 13
        }
        if (known.status() != null) {
            return fromStatus(known, known.status(), new Facts(request, watchable.type(), watch));
        }
        if (patient && watch.doubt() != null && ResultBackoff.holds(watch.doubt(), known.now())) {
            return new Step.Wait("fal refused the result of this request, which is asked for again later"); // row 10b
        }
        return new Step.AskStatus(request, watch.checks() % CHECKS_PER_LOGS == 0);
    }

    /**
     * The end that an earlier check found and the database refused; null when it is about another request, or no model can be read out of it
     * any more. Then fal is asked again.
     */
    private @Nullable Step fromKept(KeptEnd kept, String requestId, TrainingType type) {
        if (!kept.falRequestId().equals(requestId)) {
            return null;
        }
        return switch (kept.ending()) {
            case COMPLETED ->
                kept.body() instanceof JsonObject body
                                && rules.model().read(type, body) instanceof ModelRules.Reading.Valid valid
                        ? new Step.Complete(valid.model(), body)
                        : null;
            case FAILED -> new Step.Fail(kept.words(), kept.falStatus(), kept.error(), kept.body());
            case CANCELLED -> new Step.Cancel(kept.words());
        };
    }

    private record Facts(FalRequest request, TrainingType type, Watch watch) {}

    private Step fromStatus(Known known, FalAnswer.Status status, Facts facts) {
        if (status instanceof FalAnswer.InQueue queued) {
            return keep("IN_QUEUE", queued.position(), null, known); // row 5
        }
        if (status instanceof FalAnswer.InProgress running) {
            return keep("IN_PROGRESS", null, running.progress(), known); // row 5
        }
        if (status instanceof FalAnswer.Cancelled cancelled) {
            return new Step.Cancel(cancelled.detail()); // row 8
        }
        if (status instanceof FalAnswer.Completed completed) {
            return known.result() == null
                    ? new Step.AskResult(facts.request())
                    : fromResult(known, completed.error(), known.result(), facts);
        }
        if (status instanceof FalAnswer.NotFound) {
            return doubt(
                    Doubt.Kind.NOT_FOUND, "request not found at fal", "NOT_FOUND", null, null, known, facts); // row 9
        }
        if (isTooLarge(status) && known.withLogs()) {
            return new Step.AskStatus(facts.request(), false); // row 12
        }
        return trouble(known, status, facts);
    }

    private Step fromResult(Known known, @Nullable FalError error, FalAnswer.Result result, Facts facts) {
        if (result instanceof FalAnswer.Cancelled cancelled) {
            return new Step.Cancel(cancelled.detail()); // row 8
        }
        if (error != null) {
            // The status answer settled it; the result can add words, never turn a failure into a success.
            return statusError(known, error, result); // row 7
        }
        if (result instanceof FalAnswer.Failed failed) {
            return new Step.Fail(failed.error().describe(), "COMPLETED", failed.error(), failed.raw()); // row 7
        }
        if (result instanceof FalAnswer.Unusable unusable) {
            return noModel("", unusable.detail(), unusable.raw()); // row 7
        }
        if (result instanceof FalAnswer.Output output) {
            return fromOutput(known, output, facts);
        }
        if (result instanceof FalAnswer.RequestRefused refused) {
            return refused(known, refused, facts); // row 10b
        }
        if (result instanceof FalAnswer.InProgress) {
            return keep("COMPLETED", null, null, known); // the result lags behind the status
        }
        if (result instanceof FalAnswer.NotFound) {
            String reason = "fal no longer has the result of this request";
            return doubt(Doubt.Kind.NO_RESULT, reason, "COMPLETED", null, null, known, facts);
        }
        if (result instanceof FalAnswer.Failing failing) {
            String reason = "fal fails to give the result: " + failing.error().describe();
            return doubt(Doubt.Kind.NO_RESULT, reason, "COMPLETED", failing.error(), failing.raw(), known, facts);
        }
        if (isTooLarge(result)) {
            String detail = "the training is over, but its result is too large to be read: "
                    + ((FalAnswer.Unavailable) result).detail();
            return trouble(known, new FalAnswer.Unavailable(FalAnswer.Cause.TOO_LARGE, detail), facts); // row 12
        }
        return trouble(known, result, facts);
    }

    private static boolean isTooLarge(FalAnswer answer) {
        return answer instanceof FalAnswer.Unavailable unavailable && unavailable.cause() == FalAnswer.Cause.TOO_LARGE;
    }

    /** The status answer settled it; the result can add words, never turn a failure into a success. */
    private static Step statusError(Known known, FalError error, FalAnswer.Result result) {
        if (result instanceof FalAnswer.Failed failed) {
            FalError both = failed.error().type().isEmpty()
                    ? new FalError(
                            failed.error().code(), error.type(), failed.error().detail(), error.retryable())
                    : failed.error();
            return new Step.Fail(both(error, failed.error()), "COMPLETED", both, failed.raw());
        }
        JsonElement raw = result instanceof FalAnswer.Output output
                ? output.body()
                : known.status() instanceof FalAnswer.Completed completed ? completed.raw() : null;
        return new Step.Fail(error.describe(), "COMPLETED", error, raw);
    }

    private Step fromOutput(Known known, FalAnswer.Output output, Facts facts) {
        ModelRules.Reading reading = rules.model().read(facts.type(), output.body());
        if (reading instanceof ModelRules.Reading.Valid valid) {
            return new Step.Complete(valid.model(), output.body()); // row 6
        }
        if (!(reading instanceof ModelRules.Reading.Unusable unusable)) {
            throw new IllegalStateException("unknown reading " + reading);
        }
        if (output.garbled()) {
            String detail = "bytes of the result are no text, and no model can be read: " + unusable.reason();
            return trouble(known, new FalAnswer.Unavailable(FalAnswer.Cause.MALFORMED, detail), facts); // row 12
        }
        return noModel(output.complaint(), unusable.reason(), output.body()); // row 7
    }

    /** Only this avatar waits: what is refused for one result says nothing about the others. */
    private static Step refused(Known known, FalAnswer.RequestRefused refused, Facts facts) {
        Doubt doubt = Doubt.next(facts.watch().doubt(), Doubt.Kind.REFUSED, known.now());
        String reason = (refused.accountLocked()
                        ? "fal has locked the account and refuses the result of this request: "
                        : "fal refuses the result of this request: ")
                + refused.detail();
        int failures = failing(facts);
        Observed observed = new Observed("COMPLETED", null, null, failures, doubt, reason, known.now());
        return new Step.KeepWatching(observed, ResultBackoff.tells(doubt) ? refused : null);
    }

    private static String both(FalError status, FalError result) {
        boolean sameWords =
                status.type().equals(result.type()) && status.detail().equals(result.detail());
        return sameWords ? result.describe() : status.describe() + "; " + result.describe();
    }

    /** @param complaint what the output itself says went wrong; empty when it says nothing */
    private static Step noModel(String complaint, String problem, @Nullable JsonElement raw) {
        String reason = complaint.isEmpty() ? problem : complaint + " (" + problem + ")";
        FalError error = new FalError(200, "", reason, false);
        return new Step.Fail("fal returned no usable model: " + reason, "COMPLETED", error, raw);
    }

    private static Step keep(String falStatus, @Nullable Integer position, @Nullable Integer progress, Known known) {
        return new Step.KeepWatching(new Observed(falStatus, position, progress, 0, null, null, known.now()));
    }

    /** Row 9, and its like for results: an end only if it lasts. */
    private Step doubt(
            Doubt.Kind kind,
            String reason,
            String falStatus,
            @Nullable FalError error,
            @Nullable JsonElement raw,
            Known known,
            Facts facts) {
        Doubt doubt = Doubt.next(facts.watch().doubt(), kind, known.now());
        boolean lasted = !doubt.since().plus(rules.notFoundGrace()).isAfter(known.now());
        if (doubt.inRow() >= DOUBTS_IN_ROW_MIN && lasted) {
            return new Step.Fail(reason, falStatus, error, raw);
        }
        int failures = failing(facts);
        return new Step.KeepWatching(new Observed(falStatus, null, null, failures, doubt, reason, known.now()));
    }

    /** A check that leaves an error counts as failing, but several of them do not add up to giving up. */
    private static int failing(Facts facts) {
        return Math.max(1, facts.watch().failuresInRow());
    }

    private Step trouble(Known known, FalAnswer answer, Facts facts) {
        if (answer instanceof FalAnswer.AccessRefused refused) {
            return new Step.Wait(
                    refused.accountLocked()
                            ? "fal has locked the account (HTTP " + refused.code() + ")"
                            : "fal refused the key (HTTP " + refused.code() + ")"); // row 10
        }
        if (answer instanceof FalAnswer.ApplicationUnknown unknown) {
            String error =
                    "fal does not have the application " + facts.request().endpoint() + ", check "
                            + rules.endpointKey(facts.type()) + ": " + unknown.detail();
            int failures = failing(facts);
            Doubt doubt = facts.watch().doubt();
            return new Step.KeepWatching(
                    new Observed("APPLICATION_UNKNOWN", null, null, failures, doubt, error, known.now())); // row 10c
        }
        if (answer instanceof FalAnswer.RateLimited limited) {
            return new Step.Wait(
                    "fal asked for a pause of " + limited.retryAfter().toSeconds() + " s"); // row 11
        }
        if (answer instanceof FalAnswer.Held held) {
            return new Step.Wait(held.reason()); // rows 10 and 11, and our own limits
        }
        if (answer instanceof FalAnswer.Unavailable unavailable) {
            int failures = facts.watch().failuresInRow() + 1; // row 12
            String error = unavailable.cause() + ": " + unavailable.detail();
            Doubt doubt = facts.watch().doubt();
            Observed observed = new Observed("UNAVAILABLE", null, null, failures, doubt, error, known.now());
            return failures >= rules.maxFailuresInRow() ? new Step.GiveUp(observed) : new Step.KeepWatching(observed);
        }
        throw new IllegalStateException("no rule for fal's answer " + answer);
    }
}
