package avatarmonitor.cli;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.inspect.AgeText;

/** Describes fal's answers for display. */
final class FalWords {
    private FalWords() {}

    /** Returns a part of a sentence. */
    static String of(FalAnswer answer) {
        if (answer instanceof FalAnswer.InQueue queued) {
            return "in fal's queue" + (queued.position() == null ? "" : ", " + queued.position() + " before it");
        } else if (answer instanceof FalAnswer.InProgress running) {
            return "fal is training" + (running.progress() == null ? "" : ", " + running.progress() + " %");
        } else if (answer instanceof FalAnswer.Completed completed) {
            return "fal says it is over"
                    + (completed.error() == null ? "" : ": " + completed.error().describe());
        } else if (answer instanceof FalAnswer.Output) {
            return "fal returned a result";
        } else if (answer instanceof FalAnswer.Unusable unusable) {
            return "fal returned no usable model: " + unusable.detail();
        } else if (answer instanceof FalAnswer.Failed failed) {
            return "the training failed: " + failed.error().describe();
        } else if (answer instanceof FalAnswer.Cancelled cancelled) {
            return "cancelled at fal: " + cancelled.detail();
        } else if (answer instanceof FalAnswer.NotFound missing) {
            return "fal does not know the request: " + missing.detail();
        } else if (answer instanceof FalAnswer.AccessRefused refused) {
            return (refused.accountLocked() ? "fal has locked the account, " : "fal refused the key, ")
                    + refused.detail();
        } else if (answer instanceof FalAnswer.RequestRefused refused) {
            return "fal refused to give the result, " + refused.detail();
        } else if (answer instanceof FalAnswer.ApplicationUnknown unknown) {
            return "fal does not have the configured endpoint: " + unknown.detail();
        } else if (answer instanceof FalAnswer.Failing failing) {
            return "fal fails to give the result: " + failing.error().describe();
        } else if (answer instanceof FalAnswer.RateLimited limited) {
            return "fal wants a pause of " + AgeText.length(limited.retryAfter());
        } else if (answer instanceof FalAnswer.Held held) {
            return "fal was not asked: " + held.reason();
        } else if (answer instanceof FalAnswer.Unavailable unavailable) {
            return "fal gave no usable answer: " + unavailable.detail();
        }
        return answer.toString();
    }
}
