package avatarmonitor.fal.answer;

import avatarmonitor.fal.answer.FalAnswer.Cancelled;
import avatarmonitor.fal.answer.FalAnswer.Failed;
import avatarmonitor.fal.answer.FalAnswer.Failing;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.NotFound;
import avatarmonitor.fal.answer.FalAnswer.Output;
import avatarmonitor.fal.answer.FalAnswer.RequestRefused;
import avatarmonitor.fal.answer.FalAnswer.Result;
import avatarmonitor.fal.answer.FalAnswer.Unusable;
import com.google.gson.JsonObject;
import java.util.Optional;

/**
 * Parses the response to a result request. Code, headers and body are the model's own (docs/fal-contract.md section 1),
 * so only exactly 200 with a JSON object is an output.
 */
public final class ResultAnswer {
    private ResultAnswer() {}

    public static Result read(HttpReply.Received reply) {
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
                    : new Failed(error.get(), reply.raw());
        }
        if (TroubleAnswer.isRefusal(reply)) {
            return new RequestRefused(reply.code(), TroubleAnswer.detail(reply), TroubleAnswer.isAccountLocked(reply));
        }
        if (reply.unread() == null && reply.code() == 499) {
            return new Cancelled(TroubleAnswer.detail(reply));
        }
        if (reply.unread() == null && reply.code() == 410 && !reply.isHtml()) {
            return new NotFound(TroubleAnswer.detail(reply));
        }
        return reply.code() >= 500 && saysDetail(reply)
                ? new Failing(ResultError.error(reply), reply.raw())
                : TroubleAnswer.read(reply);
    }

    private static Result succeeded(HttpReply.Received reply) {
        JsonObject body = reply.object().orElse(null);
        if (body != null) {
            return new Output(body, reply.garbled());
        }
        if (reply.unread() != null) {
            return TroubleAnswer.malformed(reply, reply.unread());
        }
        if (reply.json() != null) {
            return new Unusable("a body that is no JSON object", reply.json());
        }
        String what =
                reply.isHtml() ? "an HTML page" : reply.body().isBlank() ? "an empty body" : "a body that is no JSON";
        return TroubleAnswer.malformed(reply, "with " + what);
    }

    private static boolean saysDetail(HttpReply.Received reply) {
        return reply.object().map(body -> ErrorDetail.says(body.get("detail"))).orElse(false);
    }

    private static boolean isTooEarly(HttpReply.Received reply) {
        JsonObject body = reply.object().orElseGet(JsonObject::new);
        String status = FalJson.string(body, "status");
        return FalTexts.isStillInProgress(reply.code(), FalJson.string(body, "detail"))
                || (reply.code() == 202 && (status.equals("IN_QUEUE") || status.equals("IN_PROGRESS")));
    }
}
