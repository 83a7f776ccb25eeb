package avatarmonitor.fal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells a failed training from trouble on the way to its result: both come as the same codes, because fal passes on the
 * model's own (fal contract sections 1 and 2).
 */
final class ResultError {
    private ResultError() {}

    /** The failure that a result of code 400 or above tells; empty when it tells none, and asking again may help. */
    static Optional<FalError> of(HttpReply.Received reply) {
        JsonObject body = reply.object().orElseGet(JsonObject::new);
        JsonElement detail = body.get("detail");
        String type = type(reply, body, detail);
        boolean failed = switch (reply.code()) {
            // Our key, our account or our pace: only a model's own error list says that the training is at fault.
            case 401, 402, 403, 404 -> ErrorDetail.isModelError(detail);
            case 429 -> false;
            case 422 -> !reply.isHtml();
            default -> !type.isEmpty() || ErrorDetail.isErrorList(detail);
        };
        if (reply.code() < 400 || !failed) {
            return Optional.empty();
        }
        return Optional.of(new FalError(reply.code(), type, ErrorDetail.describe(detail), retryable(reply, type)));
    }

    private static String type(HttpReply.Received reply, JsonObject body, @Nullable JsonElement detail) {
        String type = FalJson.string(body, "error_type");
        if (type.isEmpty()) {
            type = reply.header("X-Fal-Error-Type");
        }
        return OneLine.of(type.isEmpty() ? ErrorDetail.type(detail) : type);
    }

    /** The header by its old and its new name; without one the type decides. */
    private static boolean retryable(HttpReply.Received reply, String type) {
        String said = reply.header("X-Fal-Needs-Retry");
        if (said.isEmpty()) {
            said = reply.header("X-Fal-Retryable");
        }
        return said.isEmpty() ? ErrorTypes.retryable(type) : said.equals("1") || said.equalsIgnoreCase("true");
    }
}
