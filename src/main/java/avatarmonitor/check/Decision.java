package avatarmonitor.check;

import avatarmonitor.avatar.TrainingType;
import avatarmonitor.check.Step.Observed;
import avatarmonitor.check.Watch.Doubt;
import avatarmonitor.fal.FalAnswer;
import avatarmonitor.fal.FalError;
import avatarmonitor.fal.FalRequest;
import org.jspecify.annotations.Nullable;

/**
 * The life of one training as a pure function: what is known goes in, the next step comes out. {@link StatusCheck} does what it
 * says and asks again until the step is an end. Row numbers in the comments are those of design section 2.
 */
final class Decision {
    /** So many answers in a row must agree, besides lasting long enough, before a training counts as lost. */
    static final int DOUBTS_IN_ROW_MIN = 3;

    private final Rules rules;

    Decision(Rules rules) {
        this.rules = rules;
    }

    Step decide(Known known) {
        Step step = fromAvatar(known);
        if (known.lastLook() && step instanceof Step.KeepWatching keep) {
            return new Step.WindowExpired(keep.observed());
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
        return known.status() == null
                ? new Step.AskStatus(request)
                : fromStatus(known, known.status(), new Facts(request, watchable.type(), watch));
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
                kept.body() != null && rules.model().read(type, kept.body()) instanceof ModelRules.Reading.Valid valid
                        ? new Step.Complete(valid.model(), kept.body())
                        : null;
            case FAILED -> new Step.Fail(kept.words(), kept.falStatus());
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
            return doubt(Doubt.Kind.NOT_FOUND, "request not found at fal", "NOT_FOUND", known, facts); // row 9
        }
        return trouble(known, status, facts);
    }

    private Step fromResult(Known known, @Nullable FalError error, FalAnswer.Result result, Facts facts) {
        if (result instanceof FalAnswer.Cancelled cancelled) {
            return new Step.Cancel(cancelled.detail()); // row 8
        }
        if (error != null) {
            // The status answer settled it; the result can add words, never turn a failure into a success.
            String reason = result instanceof FalAnswer.Failed failed ? both(error, failed.error()) : error.describe();
            return new Step.Fail(reason); // row 7
        }
        if (result instanceof FalAnswer.Failed failed) {
            return new Step.Fail(failed.error().describe()); // row 7
        }
        if (result instanceof FalAnswer.Unusable unusable) {
            return noModel(unusable.detail()); // row 7
        }
        if (result instanceof FalAnswer.Output output) {
            ModelRules.Reading reading = rules.model().read(facts.type(), output.body());
            return reading instanceof ModelRules.Reading.Valid valid
                    ? new Step.Complete(valid.model(), output.body()) // row 6
                    : noModel(((ModelRules.Reading.Unusable) reading).reason()); // row 7
        }
        if (result instanceof FalAnswer.InProgress) {
            return keep("COMPLETED", null, null, known); // the result lags behind the status
        }
        if (result instanceof FalAnswer.NotFound) {
            return doubt(
                    Doubt.Kind.NO_RESULT, "fal no longer has the result of this request", "COMPLETED", known, facts);
        }
        if (result instanceof FalAnswer.Unavailable trouble && trouble.cause() == FalAnswer.Cause.RESULT_ERROR) {
            String reason = "fal fails to give the result: " + trouble.detail();
            return doubt(Doubt.Kind.NO_RESULT, reason, "COMPLETED", known, facts);
        }
        return trouble(known, result, facts);
    }

    private static String both(FalError status, FalError result) {
        boolean sameWords =
                status.type().equals(result.type()) && status.detail().equals(result.detail());
        return sameWords ? result.describe() : status.describe() + "; " + result.describe();
    }

    private static Step noModel(String reason) {
        return new Step.Fail("fal returned no usable model: " + reason);
    }

    private static Step keep(String falStatus, @Nullable Integer position, @Nullable Integer progress, Known known) {
        return new Step.KeepWatching(new Observed(falStatus, position, progress, 0, null, null, known.now()));
    }

    /** Row 9, and its like for results: an end only if it lasts. */
    private Step doubt(Doubt.Kind kind, String reason, String falStatus, Known known, Facts facts) {
        Doubt doubt = Doubt.next(facts.watch().doubt(), kind, known.now());
        boolean lasted = !doubt.since().plus(rules.notFoundGrace()).isAfter(known.now());
        if (doubt.inRow() >= DOUBTS_IN_ROW_MIN && lasted) {
            return new Step.Fail(reason, falStatus);
        }
        int failures = facts.watch().failuresInRow();
        return new Step.KeepWatching(new Observed(falStatus, null, null, failures, doubt, reason, known.now()));
    }

    private Step trouble(Known known, FalAnswer answer, Facts facts) {
        if (answer instanceof FalAnswer.AccessRefused refused) {
            return new Step.Wait("fal refused the key (HTTP " + refused.code() + ")"); // row 10
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
