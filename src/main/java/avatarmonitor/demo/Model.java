package avatarmonitor.demo;

import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A trained model as it stands in an avatar's row.
 *
 * @param loraUrl of a portrait
 * @param configUrl of a portrait
 * @param finetuneId of a style
 */
record Model(
        @Nullable String loraUrl,
        @Nullable String configUrl,
        @Nullable String finetuneId) {
    static final Model NONE = new Model(null, null, null);

    /** example.com is reserved, so nobody can ever serve or fetch these files. */
    private static final String HOST = "https://fal-demo.example.com/files/";

    static Model portrait(String requestId) {
        return new Model(
                HOST + requestId + "/pytorch_lora_weights.safetensors", HOST + requestId + "/config.json", null);
    }

    static Model style(String requestId) {
        return new Model(null, null, "finetune-" + requestId);
    }

    /** As fal's result says it (docs/fal-contract.md section 6). */
    JsonObject body() {
        JsonObject body = new JsonObject();
        if (loraUrl != null) {
            body.add("diffusers_lora_file", file(loraUrl));
        }
        if (configUrl != null) {
            body.add("config_file", file(configUrl));
        }
        if (finetuneId != null) {
            body.addProperty("finetune_id", finetuneId);
        }
        return body;
    }

    String words() {
        if (equals(NONE)) {
            return "no model";
        }
        return finetuneId == null ? "portrait model" : "style model";
    }

    private static JsonObject file(String url) {
        JsonObject file = new JsonObject();
        file.addProperty("url", url);
        return file;
    }
}
