package avatarmonitor.fal.answer;

import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes a failed training from a failure on the way to its result: both use the same codes, because fal passes
 * on the model's own, and a model may answer any code with a plain text {@code detail} (docs/fal-contract.md section 1,
 * 2 and 8). The rule:
 *
 * <ol>
 * <li>401, 402, 403, 404 and the codes of transport (405, 407, 408, 425) fail a training only with a model's own error
 * list; 429 never does.
 * <li>Every other 4xx fails it when its {@code detail} says anything, be it text or a list. So 410 with a detail is the
 * model's answer; 410 without one is an expired result, and counts like 404.
 * <li>422 fails it in any case, unless it is an HTML page of a proxy.
 * <li>5xx fails it with an {@code error_type} or an error list. With a {@code detail} of text it fails it if that
 * persists, see {@link FalAnswer.Failing}.
 * </ol>
 */
final class ResultError {
    private ResultError() {}

    /**
     * Returns the failure that a result of code 400 or above reports; empty when it reports none, and a retry may help.
     */
    static Optional<FalError> of(HttpReply.Received reply) {
        JsonObject body = reply.object().orElseGet(JsonObject::new);
        JsonElement detail = body.get("detail");
        String type = type(reply, body, detail);
        boolean failed = reply.code() >= 400 && reply.unread() == null && isFailure(reply, type, detail);
        return failed ? Optional.of(error(reply, type)) : Optional.empty();
    }

    private static boolean isFailure(HttpReply.Received reply, String type, @Nullable JsonElement detail) {
        boolean listed = !type.isEmpty() || ErrorDetail.hasMessage(detail);
        return switch (reply.code()) {
            case 401, 402, 403, 404, 405, 407, 408, 425 -> ErrorDetail.isModelError(detail);
            case 429 -> false;
            case 422 -> !reply.isHtml();
            case 499 -> listed;
            default -> listed || (reply.code() < 500 && ErrorDetail.says(detail));
        };
    }

    /** Returns the error that a response reports. */
    static FalError error(HttpReply.Received reply) {
        JsonObject body = reply.object().orElseGet(JsonObject::new);
        return error(reply, type(reply, body, body.get("detail")));
    }

    private static FalError error(HttpReply.Received reply, String type) {
        String words = reply.object().map(ErrorDetail::complaint).orElse("");
        return new FalError(reply.code(), type, words, retryable(reply, type));
    }

    private static String type(HttpReply.Received reply, JsonObject body, @Nullable JsonElement detail) {
        String type = FalJson.string(body, "error_type");
        if (type.isEmpty()) {
            type = reply.header("X-Fal-Error-Type");
        }
        return UntrustedText.line(type.isEmpty() ? ErrorDetail.type(detail) : type);
    }

    /** Reads the header by its old and its new name; without one the type decides. */
    private static boolean retryable(HttpReply.Received reply, String type) {
        String said = reply.header("X-Fal-Needs-Retry");
        if (said.isEmpty()) {
            said = reply.header("X-Fal-Retryable");
        }
        return said.isEmpty() ? ErrorTypes.retryable(type) : said.equals("1") || said.equalsIgnoreCase("true");
    }
}
