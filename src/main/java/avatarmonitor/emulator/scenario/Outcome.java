package avatarmonitor.emulator.scenario;

import avatarmonitor.emulator.http.Refusals;
import avatarmonitor.emulator.http.Reply;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * End of a request: its final status and its result (docs/fal-contract.md section 3).
 *
 * @param endStatus status word at the end; fal itself only uses COMPLETED
 * @param error {@code error} of the status, or null
 * @param errorType {@code error_type} of the status, or null
 * @param result answer to the result request; null for the default model of the endpoint
 * @param headers additional headers of the result
 */
public record Outcome(
        String endStatus,
        @Nullable String error,
        @Nullable String errorType,
        @Nullable Reply result,
        Map<String, String> headers) {
    static final String COMPLETED = "COMPLETED";

    /** Succeeds with a model of the kind that the endpoint produces, under the reserved host name example.com. */
    public static Outcome success() {
        return clean(null);
    }

    /** Succeeds with this body, valid model or not. */
    public static Outcome success(JsonElement body) {
        return clean(Reply.json(200, body));
    }

    /** The model rejects its input: the status reports no error, the result is 422 with a {@code detail} list. */
    public static Outcome validationError(String type, String message) {
        JsonArray location = new JsonArray();
        location.add("body");
        location.add("images_data_url");
        JsonObject entry = new JsonObject();
        entry.add("loc", location);
        entry.addProperty("msg", message);
        entry.addProperty("type", type);
        entry.addProperty("url", "https://docs.fal.ai/errors/#" + type);
        entry.add("ctx", new JsonObject());
        entry.addProperty("input", "https://files.example.com/photos.zip");
        JsonArray list = new JsonArray();
        list.add(entry);
        JsonObject body = new JsonObject();
        body.add("detail", list);
        return clean(Reply.json(422, body).with("X-Fal-Retryable", "false"));
    }

    /** The platform fails: status and result both report {@code error} and {@code error_type}. */
    public static Outcome platformError(String type, String message) {
        JsonObject body = new JsonObject();
        body.addProperty("detail", message);
        body.addProperty("error_type", type);
        Reply result = Reply.json(FalErrorType.code(type), body).with("X-Fal-Error-Type", type);
        return new Outcome(COMPLETED, message, type, result, Map.of());
    }

    /** Ends cancelled: {@code client_cancelled} and 499. */
    public static Outcome cancelled() {
        return platformError(FalErrorType.CANCELLED, "Request was cancelled");
    }

    /** COMPLETED without an error, then a result of 500 with a JSON body. */
    public static Outcome serverError() {
        return clean(Reply.detail(500, "Internal Server Error"));
    }

    /** COMPLETED without an error, then a result of 500 with an HTML body. */
    public static Outcome serverErrorHtml() {
        return clean(Reply.html(500, "<html><body><h1>500 Internal Server Error</h1></body></html>"));
    }

    /** COMPLETED, then 200 with an empty body. */
    public static Outcome emptyBody() {
        return clean(Reply.claimingJson(200, ""));
    }

    /** COMPLETED, then 200 with truncated JSON. */
    public static Outcome invalidBody() {
        return clean(Reply.claimingJson(200, "{\"diffusers_lora_file\": {\"url\": \"https://"));
    }

    /** COMPLETED, then 200 with valid JSON that contains no model. */
    public static Outcome noModel() {
        JsonObject body = new JsonObject();
        body.add("images", new JsonArray());
        return clean(Reply.json(200, body));
    }

    /** COMPLETED, but the result is gone: 404. */
    public static Outcome lost() {
        return clean(Refusals.NOT_FOUND);
    }

    /** Status code of the result. */
    public int resultCode() {
        return result == null ? 200 : result.code();
    }

    /** Returns whether fal no longer has the result. */
    public boolean isLost() {
        return Refusals.NOT_FOUND.equals(result);
    }

    /** Returns the same end with this final status. */
    public Outcome withEndStatus(String word) {
        return new Outcome(word, error, errorType, result, headers);
    }

    /** Returns the same end with this error in the status. */
    public Outcome withError(@Nullable String text, @Nullable String type) {
        return new Outcome(endStatus, text, type, result, headers);
    }

    /** Returns the same end with this answer to the result request. */
    public Outcome withResult(Reply reply) {
        return new Outcome(endStatus, error, errorType, reply, headers);
    }

    /** Returns the same end with these headers added to the result, such as {@code X-Fal-Needs-Retry}. */
    public Outcome withHeaders(Map<String, String> more) {
        return new Outcome(endStatus, error, errorType, result, Map.copyOf(more));
    }

    private static Outcome clean(@Nullable Reply result) {
        return new Outcome(COMPLETED, null, null, result, Map.of());
    }
}
