package avatarmonitor.emulator;

import avatarmonitor.emulator.http.Json;
import avatarmonitor.emulator.http.Route;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Default result of a successful training: the output of its trainer, with files that the emulator serves, or with fake
 * URLs below the reserved domain example.com, which can never be fetched.
 */
final class ModelOutput {
    /** Path of model files below {@code /files/}; the request id and the file name follow. */
    static final String BELOW_FILES = "model/";

    private static final String NOWHERE = "https://fal-emulator.example.com/files/";
    private static final int REAL_LORA_BYTES = 89_745_224;
    private static final int REAL_CONFIG_BYTES = 942;

    /** One member of an output of type {@code File}. */
    private record File(String url, String contentType, String fileName, int fileSize) {}

    private ModelOutput() {}

    /** @param server scheme, host and port below which the files are served; null for URLs that are not served */
    static JsonObject of(String endpointId, String requestId, @Nullable URI server) {
        JsonObject output = new JsonObject();
        fields(endpointId).forEach((name, kind) -> output.add(name, value(name, kind, requestId, server)));
        return output;
    }

    /** Returns the content of a file of this model; empty when the model has no such file. */
    static Optional<byte[]> content(String endpointId, String requestId, String fileName) {
        boolean named = fields(endpointId).values().stream().anyMatch(kind -> kind.endsWith(" " + fileName));
        return named ? Optional.of(content(requestId, fileName)) : Optional.empty();
    }

    private static Map<String, String> fields(String endpointId) {
        return Trainers.find(endpointId).map(Trainers.Trainer::output).orElseGet(Trainers::usualOutput);
    }

    private static JsonElement value(String member, String kind, String requestId, @Nullable URI server) {
        String[] words = kind.split(" ", 2);
        return switch (words[0]) {
            case "file" -> Json.tree(file(words[1], requestId, server));
            case "files" -> {
                JsonArray list = new JsonArray();
                list.add(Json.tree(file(words[1], requestId, server)));
                yield list;
            }
            case "id" -> new JsonPrimitive(id(member, requestId));
            case "none" -> new JsonArray();
            case "null" -> JsonNull.INSTANCE;
            default -> throw new IllegalStateException("not an output member: " + member + " " + kind);
        };
    }

    /** Returns the same id for the same request each time. */
    private static String id(String member, String requestId) {
        String seed = member.replaceFirst("_id$", "") + " " + requestId;
        return UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static File file(String name, String requestId, @Nullable URI server) {
        String base = server == null ? NOWHERE : withoutSlash(server) + Route.FILES + BELOW_FILES;
        int size = server != null
                ? content(requestId, name).length
                : name.endsWith(".json") ? REAL_CONFIG_BYTES : REAL_LORA_BYTES;
        return new File(base + requestId + "/" + name, "application/octet-stream", name, size);
    }

    private static String withoutSlash(URI server) {
        return server.toString().replaceAll("/+$", "");
    }

    /** Returns a minimal valid file of its kind: a configuration, a safetensors file without tensors, or a text. */
    private static byte[] content(String requestId, String fileName) {
        byte[] text = ("{\"__metadata__\":{\"request_id\":\"" + requestId + "\",\"file\":\"" + fileName + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
        if (!fileName.endsWith(".safetensors")) {
            return text;
        }
        return ByteBuffer.allocate(Long.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }
}
