package avatarmonitor.fal;

import avatarmonitor.fal.FalAnswer.Cancelled;
import avatarmonitor.fal.FalAnswer.Cause;
import avatarmonitor.fal.FalAnswer.Failed;
import avatarmonitor.fal.FalAnswer.InProgress;
import avatarmonitor.fal.FalAnswer.Output;
import avatarmonitor.fal.FalAnswer.Result;
import avatarmonitor.fal.FalAnswer.Trouble;
import avatarmonitor.fal.FalAnswer.Unavailable;
import avatarmonitor.fal.FalAnswer.Unusable;
import com.google.gson.JsonObject;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the response to a result question. Code, headers and body are the model's own (fal contract section 1), so only
 * exactly 200 with a JSON object is an output.
 */
final class ResultAnswer {
    /** fal's words for asking too early; undocumented, code 400. */
    private static final String TOO_EARLY = "still in progress";

    private ResultAnswer() {}

    static Result read(HttpReply.Received reply) {
        if (reply.code() == 200) {
            return succeeded(reply);
        }
        if (isTooEarly(reply)) {
            return new InProgress(null);
        }
        Optional<FalError> error = ResultError.of(reply);
        if (error.isPresent()) {
            return error.get().type().equals(ErrorTypes.CLIENT_CANCELLED)
                    ? new Cancelled(TroubleAnswer.detail(reply))
                    : new Failed(error.get());
        }
        if (reply.code() == 499) {
            return new Cancelled(TroubleAnswer.detail(reply));
        }
        Trouble trouble = TroubleAnswer.read(reply);
        boolean falSpoke =
                reply.object().map(body -> FalJson.has(body, "detail")).orElse(false);
        return trouble instanceof Unavailable unavailable && unavailable.cause() == Cause.SERVER_ERROR && falSpoke
                ? new Unavailable(Cause.RESULT_ERROR, unavailable.detail())
                : trouble;
    }

    private static Result succeeded(HttpReply.Received reply) {
        JsonObject body = reply.object().orElse(null);
        if (body != null) {
            return new Output(body);
        }
        if (reply.isHtml()) {
            return TroubleAnswer.malformed(reply, "with an HTML page");
        }
        if (reply.json() == null && !reply.endProved()) {
            return TroubleAnswer.malformed(reply, "with a body that may have been cut");
        }
        return new Unusable(reply.body().isBlank() ? "an empty body" : "a body that is no JSON object");
    }

    private static boolean isTooEarly(HttpReply.Received reply) {
        JsonObject body = reply.object().orElseGet(JsonObject::new);
        if (reply.code() == 400) {
            return ErrorDetail.describe(body.get("detail"))
                    .toLowerCase(Locale.ROOT)
                    .contains(TOO_EARLY);
        }
        String status = FalJson.string(body, "status");
        return reply.code() == 202 && (status.equals("IN_QUEUE") || status.equals("IN_PROGRESS"));
    }
}
