package avatarmonitor.emulator.scenario;

import avatarmonitor.emulator.http.JsonFields;
import avatarmonitor.emulator.http.Reply;
import com.google.gson.JsonElement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a scenario that determine the end of a request: a kind, and fields that override parts of it. */
final class OutcomeJson {
    private static final int LEAST_CODE = 200;
    private static final int MOST_CODE = 599;

    /** The named ends; each is a factory method of {@link Outcome}. */
    enum Kind {
        SUCCESS,
        VALIDATION_ERROR,
        PLATFORM_ERROR,
        SERVER_ERROR,
        SERVER_ERROR_HTML,
        EMPTY_BODY,
        INVALID_BODY,
        NO_MODEL,
        CANCELLED,
        LOST
    }

    private OutcomeJson() {}

    static Outcome read(JsonFields fields, Outcome basis) {
        Kind kind = fields.oneOfOrNull("outcome", Kind.class);
        String type = fields.headerTextOrNull("error_type");
        String message = fields.textOrNull("error");
        Outcome outcome = kind == null ? told(basis, message, type) : of(kind, type, message);
        outcome = outcome.withEndStatus(fields.text("end_status", outcome.endStatus()));
        Reply result = result(fields, outcome.result());
        outcome = result == null ? outcome : outcome.withResult(result);
        return fields.has("result_headers") ? outcome.withHeaders(fields.headers("result_headers")) : outcome;
    }

    private static Outcome of(Kind kind, @Nullable String type, @Nullable String message) {
        return switch (kind) {
            case VALIDATION_ERROR ->
                Outcome.validationError(
                        type == null ? "invalid_archive" : type,
                        message == null ? "The archive is invalid or cannot be read" : message);
            case PLATFORM_ERROR ->
                Outcome.platformError(
                        type == null ? "runner_disconnected" : type, message == null ? "Runner disconnected" : message);
            case SUCCESS -> told(Outcome.success(), message, type);
            case SERVER_ERROR -> told(Outcome.serverError(), message, type);
            case SERVER_ERROR_HTML -> told(Outcome.serverErrorHtml(), message, type);
            case EMPTY_BODY -> told(Outcome.emptyBody(), message, type);
            case INVALID_BODY -> told(Outcome.invalidBody(), message, type);
            case NO_MODEL -> told(Outcome.noModel(), message, type);
            case CANCELLED -> told(Outcome.cancelled(), message, type);
            case LOST -> told(Outcome.lost(), message, type);
        };
    }

    private static Outcome told(Outcome outcome, @Nullable String message, @Nullable String type) {
        return message == null && type == null ? outcome : outcome.withError(message, type);
    }

    private static @Nullable Reply result(JsonFields fields, @Nullable Reply basis) {
        JsonElement json = fields.any("result_body");
        String text = fields.textOrNull("result_text");
        if (json != null && text != null) {
            throw fields.wrong("result_text", "nothing beside result_body");
        }
        boolean named = json != null || text != null;
        if (!named && !fields.has("result_code") && !fields.has("result_type")) {
            return basis;
        }
        String body = json != null ? json.toString() : text != null ? text : basis == null ? "{}" : basis.body();
        String type =
                fields.headerText("result_type", named || basis == null ? "application/json" : basis.contentType());
        int code = fields.whole("result_code", LEAST_CODE, MOST_CODE, basis == null ? LEAST_CODE : basis.code());
        return new Reply(code, type, body, basis == null ? Map.of() : basis.headers());
    }
}
