package avatarmonitor.emulator.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Produces correct answers in a form that a client may not expect. */
final class Distortions {
    private static final String LINE = "step ".repeat(40);

    private Distortions() {}

    /** Returns the answer as the effect changes it; unchanged for all other effects. */
    static Reply of(Reply reply, @Nullable Effect effect) {
        if (effect instanceof Effect.Gzip) {
            return reply.with("Content-Encoding", "gzip");
        }
        JsonElement body = effect == null ? null : Json.parse(reply.body()).orElse(null);
        if (!(body instanceof JsonObject fields)) {
            return reply;
        }
        if (effect instanceof Effect.StatusWord word && fields.has("status")) {
            fields.addProperty("status", word.word());
            return with(reply, fields.toString());
        }
        if (effect instanceof Effect.HugeLogs huge && fields.get("logs") instanceof JsonArray) {
            fields.add("logs", lines(huge.bytes()));
            return with(reply, fields.toString());
        }
        if (effect instanceof Effect.NotANumber) {
            String rest = fields.toString().substring(1);
            return with(reply, "{\"emulator_loss\":NaN" + (fields.isEmpty() ? "" : ",") + rest);
        }
        return reply;
    }

    private static JsonArray lines(int bytes) {
        JsonArray lines = new JsonArray();
        for (int length = 0; length < bytes; length += LINE.length()) {
            JsonObject line = new JsonObject();
            line.addProperty("message", LINE);
            line.addProperty("level", "INFO");
            lines.add(line);
        }
        return lines;
    }

    private static Reply with(Reply reply, String body) {
        return new Reply(reply.code(), reply.contentType(), body, reply.headers());
    }

    static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }
}
