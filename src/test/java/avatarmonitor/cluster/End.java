package avatarmonitor.cluster;

import avatarmonitor.emulator.scenario.Outcome;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** End of a training at fal, and the expected state of its avatar. */
enum End {
    MODEL("COMPLETED", "completed"),
    REFUSED("ERROR", "failed"),
    BROKEN("ERROR", "failed"),
    CANCELLED("CANCELLED", "cancelled");

    private static final String HOST = "https://models.example.com/";
    private static final String REASON = "face not found in ";

    private final String status;
    private final String event;

    End(String status, String event) {
        this.status = status;
        this.event = event;
    }

    String status() {
        return status;
    }

    /** Type of the event about it. */
    String event() {
        return event;
    }

    /** fal's answer: different for each request, so that a mixed-up answer is detected. */
    Outcome outcome(String request, boolean style) {
        return switch (this) {
            case MODEL -> Outcome.success(style ? styleModel(request) : portraitModel(request));
            case REFUSED -> Outcome.validationError("face_detection_error", REASON + request);
            case BROKEN -> Outcome.platformError("runner_server_error", REASON + request);
            case CANCELLED -> Outcome.cancelled();
        };
    }

    /** Expected columns by name; null for NULL. */
    Map<String, @Nullable String> columns(String request, boolean style) {
        boolean model = this == MODEL;
        Map<String, @Nullable String> columns = new LinkedHashMap<>();
        columns.put("status", status);
        columns.put("finetune_id", model && style ? "style-" + request : null);
        columns.put("diffusers_lora_file_url", model && !style ? HOST + request + "/lora.safetensors" : null);
        columns.put("config_file_url", model && !style ? HOST + request + "/config.json" : null);
        return columns;
    }

    /** Expected content of {@code training_error}; null for NULL. */
    @Nullable
    String error(String request) {
        return this == REFUSED || this == BROKEN ? REASON + request : null;
    }

    private static JsonObject styleModel(String request) {
        JsonObject body = new JsonObject();
        body.addProperty("finetune_id", "style-" + request);
        return body;
    }

    private static JsonObject portraitModel(String request) {
        JsonObject body = new JsonObject();
        body.add("diffusers_lora_file", file(HOST + request + "/lora.safetensors"));
        body.add("config_file", file(HOST + request + "/config.json"));
        return body;
    }

    private static JsonObject file(String url) {
        JsonObject file = new JsonObject();
        file.addProperty("url", url);
        return file;
    }
}
