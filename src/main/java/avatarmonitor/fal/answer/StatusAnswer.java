package avatarmonitor.fal.answer;

import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.Cancelled;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.Completed;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.InQueue;
import avatarmonitor.fal.answer.FalAnswer.Status;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Locale;

/** Parses the response to a status request (docs/fal-contract.md section 1 and 3). */
public final class StatusAnswer {
    private StatusAnswer() {}

    /**
     * Decides by the {@code status} field: 200 and 202 only mean that there is one.
     *
     * @param asked id of the request
     */
    public static Status read(String asked, HttpReply.Received reply) {
        if (reply.code() == 499
                && said(reply.object().orElseGet(JsonObject::new), "error_type").equals(ErrorTypes.CLIENT_CANCELLED)) {
            return new Cancelled(TroubleAnswer.detail(reply));
        }
        if (TroubleAnswer.isRefusal(reply)) {
            return new AccessRefused(reply.code(), TroubleAnswer.detail(reply), TroubleAnswer.isAccountLocked(reply));
        }
        if (reply.code() < 200 || reply.code() > 299 || reply.unread() != null) {
            return TroubleAnswer.read(reply);
        }
        JsonObject body = reply.object().orElse(null);
        if (body == null) {
            return TroubleAnswer.malformed(reply, reply.isHtml() ? "with an HTML page" : "without a JSON object");
        }
        if (!isAbout(asked, body)) {
            return TroubleAnswer.malformed(reply, "about another request");
        }
        String status = FalJson.string(body, "status");
        return switch (status.strip().toUpperCase(Locale.ROOT)) {
            case "IN_QUEUE" -> new InQueue(FalJson.count(body, "queue_position").orElse(null));
            // A cancel only asks the runner to stop: the request may still end normally.
            case "IN_PROGRESS", "CANCELLATION_REQUESTED" -> new InProgress(LogProgress.percent(body.get("logs")));
            case "COMPLETED" -> over(body, "");
            // Not observed from fal (docs/fal-contract.md section 8), but accepted if a queue sends them.
            case "FAILED" -> over(body, "fal says FAILED");
            case "CANCELLED", "CANCELED" -> new Cancelled("fal says CANCELLED");
            case "" -> TroubleAnswer.malformed(reply, "without a status");
            default -> new Unavailable(Cause.UNKNOWN_STATUS, UntrustedText.line("unknown status " + status));
        };
    }

    private static boolean isAbout(String asked, JsonObject body) {
        return !FalJson.has(body, "request_id")
                || FalJson.string(body, "request_id").equalsIgnoreCase(asked);
    }

    /** @param otherwise the error when the body names none; empty when there is none then */
    private static Status over(JsonObject body, String otherwise) {
        String type = said(body, "error_type");
        if (type.equals(ErrorTypes.CLIENT_CANCELLED)) {
            return new Cancelled(type);
        }
        String error = said(body, "error");
        String detail = error.isEmpty() ? otherwise : error;
        // Code 0: the status reported the failure, not the code of a result.
        return type.isEmpty() && detail.isEmpty()
                ? new Completed(null)
                : new Completed(new FalError(0, type, detail, ErrorTypes.retryable(type)), body);
    }

    private static String said(JsonObject body, String name) {
        JsonElement error = body.get(name);
        return ErrorDetail.says(error) ? ErrorDetail.describe(error) : "";
    }
}
