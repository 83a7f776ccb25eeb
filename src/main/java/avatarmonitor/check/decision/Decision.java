package avatarmonitor.check.decision;

import avatarmonitor.avatar.TrainedModel;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingType.ModelCheck;
import avatarmonitor.check.decision.Eligibility.Eligible;
import avatarmonitor.check.decision.FailedRequestRules.Facts;
import avatarmonitor.check.decision.Monitoring.Doubt;
import avatarmonitor.check.decision.NextAction.Observed;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.ModelLife;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.fal.answer.PlatformApiAnswer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * State machine of one training: a pure function from the known state to the next step. {@link
 * avatarmonitor.check.StatusCheck} executes the steps and calls it again until a step ends the check. Row numbers in
 * comments refer to docs/decision-table.md.
 */
public final class Decision {
    /**
     * Log lines are requested in the first check and then in one of this many. They only show progress, and fal returns
     * those of the last five minutes, so that at an interval of one minute none is missed.
     */
    static final int CHECKS_PER_LOGS = 3;

    private final Rules rules;
    private final FailedRequestRules failedRequests;
    private final boolean obeysBackoff;

    public Decision(Rules rules) {
        this(rules, true, true);
    }

    private Decision(Rules rules, boolean obeysBackoff, boolean counting) {
        this.rules = rules;
        this.failedRequests = new FailedRequestRules(rules, counting);
        this.obeysBackoff = obeysBackoff;
    }

    public ModelRules model() {
        return rules.model();
    }

    /** Returns the decision for an operator or a hint: without backoff; if not counting, it never gives up either. */
    public Decision withoutBackoff(boolean counting) {
        return new Decision(rules, false, counting);
    }

    public NextAction decide(CheckState state) {
        return state.endIfOver(rules.intervals().withNextRequest(state, fromAvatar(state)));
    }

    private NextAction fromAvatar(CheckState state) {
        if (state.avatar() == null) {
            return new NextAction.Stop("there is no such avatar"); // row 1
        }
        Eligibility eligibility = Eligibility.of(state.avatar(), rules.types(), state.now());
        if (eligibility instanceof Eligibility.NotTraining other) {
            return new NextAction.Stop("its status is " + other.status()); // row 2
        }
        if (eligibility instanceof Eligibility.Invalid invalid) {
            return new NextAction.Invalid(invalid.reason()); // row 3
        }
        if (!(eligibility instanceof Eligible eligible)) {
            throw new IllegalStateException("unknown eligibility " + eligibility);
        }
        String requestId = eligible.requestId().value();
        Monitoring monitoring =
                state.monitoring() == null ? Monitoring.unknown(requestId, state.now()) : state.monitoring();
        if (!monitoring.falRequestId().equals(requestId)) {
            return new NextAction.StartAnew(monitoring.falRequestId(), requestId); // row 4
        }
        NextAction written = state.kept() == null ? null : fromKept(state.kept(), requestId, eligible.type());
        if (written != null) {
            return written; // row 13
        }
        List<FalRequest> places = rules.requests(eligible, monitoring);
        if (state.status() != null) {
            return fromPlaces(state, state.status(), places, eligible, monitoring);
        }
        if (obeysBackoff
                && rules.intervals().decideFire(state, eligible.type(), monitoring) instanceof Cadence.Skip skip) {
            return new NextAction.Skip(skip.why()); // rows 10b and 12
        }
        return new NextAction.AskStatus(places.get(0), monitoring.checks() % CHECKS_PER_LOGS == 0);
    }

    /**
     * Tries the next endpoint when fal does not have the request at this one; finally {@link CheckState#decisive}
     * decides.
     */
    private NextAction fromPlaces(
            CheckState state,
            FalAnswer.Status status,
            List<FalRequest> places,
            Eligible eligible,
            Monitoring monitoring) {
        int place = state.asked() == null ? 0 : Math.max(0, places.indexOf(state.asked()));
        boolean absent = status instanceof FalAnswer.NotFound || status instanceof FalAnswer.ApplicationUnknown;
        if (absent && place + 1 < places.size()) {
            return new NextAction.AskStatus(places.get(place + 1), state.withLogs());
        }
        CheckState.Answered last = new CheckState.Answered(places.get(place), status);
        CheckState.Answered counts = absent ? state.decisiveOr(last) : last;
        Facts facts = failedRequests.facts(counts.request(), eligible, monitoring);
        NextAction step = fromStatus(state, counts.status(), facts);
        return step instanceof NextAction.KeepMonitoring keep && isAboutTheRequest(status) && !facts.isKnown()
                ? new NextAction.KeepMonitoring(
                        keep.observed().withEndpoint(facts.request().endpoint()), keep.refused())
                : step;
    }

    private static boolean isAboutTheRequest(FalAnswer.Status status) {
        return status instanceof FalAnswer.InQueue
                || status instanceof FalAnswer.InProgress
                || status instanceof FalAnswer.Completed;
    }

    /**
     * Returns the end that an earlier check found and the database refused; null when it concerns another request, or
     * no longer yields a model. Then a request to fal follows.
     */
    private @Nullable NextAction fromKept(UnwrittenEnd kept, String requestId, TrainingType type) {
        if (!kept.falRequestId().equals(requestId)) {
            return null;
        }
        return switch (kept.ending()) {
            case COMPLETED ->
                kept.body() instanceof JsonObject body
                                && rules.model().read(type, body) instanceof ModelRules.Reading.Valid valid
                        ? new NextAction.Complete(valid.model(), body)
                        : null;
            case FAILED -> new NextAction.Fail(kept.words(), kept.falStatus(), kept.error(), kept.body());
            case CANCELLED -> new NextAction.Cancel(kept.words());
        };
    }

    /** Decides by the answer of the platform API about a request that the queue has lost. */
    private NextAction fromHistory(CheckState state, PlatformApiAnswer.Ended ended, Facts facts) {
        String source = "by fal's platform API: ";
        if (ended.code() == 200 && ended.output() instanceof JsonObject body) {
            return fromOutput(state, new FalAnswer.Output(body), facts);
        }
        if (ended.code() >= 400) {
            FalError error = new FalError(ended.code(), "", ended.complaint(), false);
            return new NextAction.Fail(source + error.describe(), "COMPLETED", error, ended.output());
        }
        String reason = source + "the training ended with HTTP " + ended.code() + ", but its result was not kept";
        return new NextAction.Fail(reason, "COMPLETED", null, ended.output());
    }

    private NextAction fromStatus(CheckState state, FalAnswer.Status status, Facts facts) {
        if (state.history() instanceof PlatformApiAnswer.Ended ended) {
            return fromHistory(state, ended, facts); // row 9
        }
        if (status instanceof FalAnswer.InQueue queued) {
            return keep("IN_QUEUE", queued.position(), null, state); // row 5
        }
        if (status instanceof FalAnswer.InProgress running) {
            return keep("IN_PROGRESS", null, running.progress(), state); // row 5
        }
        if (status instanceof FalAnswer.Cancelled cancelled) {
            return new NextAction.Cancel(cancelled.detail()); // row 8
        }
        if (status instanceof FalAnswer.Completed completed) {
            return state.result() == null
                    ? new NextAction.AskResult(facts.request())
                    : fromResult(state, completed.error(), state.result(), facts);
        }
        if (status instanceof FalAnswer.NotFound) {
            return failedRequests.waitOrLose(
                    Doubt.Kind.NOT_FOUND, "request not found at fal", "NOT_FOUND", null, null, state, facts); // row 9
        }
        if (FalAnswer.isTooLarge(status) && state.withLogs()) {
            return new NextAction.AskStatus(facts.request(), false); // row 12
        }
        return failedRequests.trouble(state, status, facts);
    }

    private NextAction fromResult(CheckState state, @Nullable FalError error, FalAnswer.Result result, Facts facts) {
        if (result instanceof FalAnswer.Cancelled cancelled) {
            return new NextAction.Cancel(cancelled.detail()); // row 8
        }
        if (error != null) {
            // The status decides; the result can add details, but never turn a failure into a success.
            return statusError(state, error, result); // row 7
        }
        if (result instanceof FalAnswer.Failed failed) {
            return new NextAction.Fail(failed.error().describe(), "COMPLETED", failed.error(), failed.raw()); // row 7
        }
        if (result instanceof FalAnswer.Unusable unusable) {
            return noModel("", unusable.detail(), unusable.raw()); // row 7
        }
        if (result instanceof FalAnswer.Output output) {
            return fromOutput(state, output, facts);
        }
        if (result instanceof FalAnswer.RequestRefused refused) {
            return FailedRequestRules.refused(state, refused, facts); // row 10b
        }
        if (result instanceof FalAnswer.InProgress) {
            return keep("COMPLETED", null, null, state); // the result lags behind the status
        }
        if (result instanceof FalAnswer.NotFound) {
            String reason = "fal no longer has the result of this request";
            return failedRequests.waitOrLose(Doubt.Kind.NO_RESULT, reason, "COMPLETED", null, null, state, facts);
        }
        if (result instanceof FalAnswer.Failing failing) {
            String reason = "fal fails to give the result: " + failing.error().describe();
            return failedRequests.waitOrLose(
                    Doubt.Kind.NO_RESULT, reason, "COMPLETED", failing.error(), failing.raw(), state, facts);
        }
        if (FalAnswer.isTooLarge(result)) {
            String detail = "the training is over, but its result is too large to be read: "
                    + ((FalAnswer.Unavailable) result).detail();
            return failedRequests.trouble(
                    state, new FalAnswer.Unavailable(FalAnswer.Cause.TOO_LARGE, detail), facts); // row 12
        }
        return failedRequests.trouble(state, result, facts);
    }

    /** Combines a failed status with the result, which can only add details. */
    private static NextAction statusError(CheckState state, FalError error, FalAnswer.Result result) {
        if (result instanceof FalAnswer.Failed failed) {
            FalError both = failed.error().type().isEmpty()
                    ? new FalError(
                            failed.error().code(), error.type(), failed.error().detail(), error.retryable())
                    : failed.error();
            return new NextAction.Fail(both(error, failed.error()), "COMPLETED", both, failed.raw());
        }
        JsonElement raw = result instanceof FalAnswer.Output output
                ? output.body()
                : state.status() instanceof FalAnswer.Completed completed ? completed.raw() : null;
        return new NextAction.Fail(error.describe(), "COMPLETED", error, raw);
    }

    private NextAction fromOutput(CheckState state, FalAnswer.Output output, Facts facts) {
        ModelRules.Reading reading = rules.model().read(facts.type(), output.body());
        if (reading instanceof ModelRules.Reading.Valid valid) {
            return fromModel(state, valid.model(), output.body(), facts); // row 6
        }
        if (!(reading instanceof ModelRules.Reading.Unusable unusable)) {
            throw new IllegalStateException("unknown reading " + reading);
        }
        if (output.garbled()) {
            String detail = "bytes of the result are no text, and no model can be read: " + unusable.reason();
            return failedRequests.trouble(
                    state, new FalAnswer.Unavailable(FalAnswer.Cause.MALFORMED, detail), facts); // row 12
        }
        return noModel(output.complaint(), unusable.reason(), output.body()); // row 7
    }

    private NextAction fromModel(CheckState state, TrainedModel model, JsonObject body, Facts facts) {
        ModelCheck wanted = facts.type().modelCheck();
        if (wanted == ModelCheck.OFF || model.urls().isEmpty()) {
            return new NextAction.Complete(model, body);
        }
        if (state.files() == null) {
            return new NextAction.AskFiles(model.urls());
        }
        if (state.files() instanceof ModelLife.Gone gone) {
            return wanted == ModelCheck.WARN
                    ? new NextAction.Complete(model, body, gone.detail())
                    : noModel("", gone.detail(), body);
        }
        if (state.files() instanceof ModelLife.Unclear unclear) {
            if (wanted == ModelCheck.WARN) {
                return new NextAction.Complete(model, body, unclear.detail());
            }
            String detail = "a file of the model: " + unclear.detail();
            return failedRequests.trouble(
                    state, new FalAnswer.Unavailable(FalAnswer.Cause.CONNECTION, detail), facts); // row 12
        }
        return new NextAction.Complete(model, body);
    }

    private static String both(FalError status, FalError result) {
        boolean sameWords =
                status.type().equals(result.type()) && status.detail().equals(result.detail());
        return sameWords ? result.describe() : status.describe() + "; " + result.describe();
    }

    /** @param complaint error that the output itself reports; empty when it reports none */
    private static NextAction noModel(String complaint, String problem, @Nullable JsonElement raw) {
        String reason = complaint.isEmpty() ? problem : complaint + " (" + problem + ")";
        FalError error = new FalError(200, "", reason, false);
        return new NextAction.Fail("fal returned no usable model: " + reason, "COMPLETED", error, raw);
    }

    private static NextAction keep(
            String falStatus, @Nullable Integer position, @Nullable Integer progress, CheckState state) {
        return new NextAction.KeepMonitoring(new Observed(falStatus, position, progress, 0, null, null, state.now()));
    }
}
