package avatarmonitor.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON on stdout: one document, times in ISO-8601 UTC, durations in seconds. */
final class Json {
    private static final Gson PRETTY = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .create();
    private static final Gson LINE =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private Json() {}

    static void print(Terminal terminal, JsonElement document) {
        terminal.out().println(PRETTY.toJson(document));
        terminal.out().flush();
    }

    /** One object on one line, for output that goes on and on. */
    static void printLine(Terminal terminal, JsonElement document) {
        terminal.out().println(LINE.toJson(document));
        terminal.out().flush();
    }

    /** An object with these members in this order. */
    static JsonObject object(Map<String, ? extends @Nullable Object> members) {
        JsonObject object = new JsonObject();
        members.forEach((name, value) -> object.add(name, element(value)));
        return object;
    }

    /** JSON elements as they are; numbers and truth values as such; a duration in seconds; everything else as its text. */
    static JsonElement element(@Nullable Object value) {
        if (value == null) {
            return JsonNull.INSTANCE;
        } else if (value instanceof JsonElement element) {
            return element;
        } else if (value instanceof Number number) {
            return new JsonPrimitive(number);
        } else if (value instanceof Boolean flag) {
            return new JsonPrimitive(flag);
        } else if (value instanceof Duration duration) {
            return new JsonPrimitive(duration.toMillis() / 1000.0);
        }
        return new JsonPrimitive(value.toString());
    }
}
