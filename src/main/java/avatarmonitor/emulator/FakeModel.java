package avatarmonitor.emulator;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * What a successful training answers when its scenario names no body (docs/fal-contract.md section 6). The URLs are well formed and
 * plainly fake: example.com is reserved, so nobody can ever serve or fetch them.
 */
final class FakeModel {
    private static final String HOST = "https://fal-emulator.example.com/files/";

    private FakeModel() {}

    /** A style for {@code flux-pro-trainer}; the files of a portrait for every other endpoint. */
    static Reply of(String endpoint, String requestId) {
        return Reply.json(200, endpoint.endsWith("/flux-pro-trainer") ? style(requestId) : portrait(requestId));
    }

    private static JsonObject style(String requestId) {
        JsonObject body = new JsonObject();
        body.addProperty(
                "finetune_id",
                UUID.nameUUIDFromBytes(("finetune " + requestId).getBytes(StandardCharsets.UTF_8))
                        .toString());
        return body;
    }

    private static JsonObject portrait(String requestId) {
        JsonObject body = new JsonObject();
        body.add("diffusers_lora_file", file(requestId, "pytorch_lora_weights.safetensors", 89_745_224));
        body.add("config_file", file(requestId, "config.json", 942));
        return body;
    }

    private static JsonObject file(String requestId, String name, int size) {
        JsonObject file = new JsonObject();
        file.addProperty("url", HOST + requestId + "/" + name);
        file.addProperty("content_type", "application/octet-stream");
        file.addProperty("file_name", name);
        file.addProperty("file_size", size);
        return file;
    }
}
