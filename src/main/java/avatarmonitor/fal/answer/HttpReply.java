package avatarmonitor.fal.answer;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Outcome of one HTTP request, before its meaning is evaluated. */
public sealed interface HttpReply {

    /** Converts a whole response with {@code reader}, or the failure with {@code lost}. */
    <A> A read(Function<Received, A> reader, Function<FalAnswer.Trouble, A> lost);

    /** Limit of stored text that is not JSON. */
    int RAW_TEXT_MAX = 10_000;

    /**
     * Why a response has no readable body.
     *
     * @param why continues the words "HTTP 200"
     */
    record Unread(FalAnswer.Cause cause, String why) {}

    /** No whole response arrived. */
    record Lost(FalAnswer.Trouble trouble) implements HttpReply {
        @Override
        public <A> A read(Function<Received, A> reader, Function<FalAnswer.Trouble, A> lost) {
            return lost.apply(trouble);
        }
    }

    /**
     * A whole response.
     *
     * @param headers first value of each header, names in lower case
     * @param garbled whether invalid bytes of the body were replaced
     * @param json the body as JSON, null when it is not JSON
     * @param unread why the body was not read; null when it was
     */
    record Received(
            int code,
            Map<String, String> headers,
            String body,
            boolean garbled,
            @Nullable JsonElement json,
            @Nullable Unread unread,
            Instant at)
            implements HttpReply {

        @Override
        public <A> A read(Function<Received, A> reader, Function<FalAnswer.Trouble, A> lost) {
            return reader.apply(this);
        }

        public static Received of(int code, Map<String, String> headers, ResponseBody body, Instant at) {
            return new Received(
                    code, headers, body.text(), body.garbled(), FalJson.parse(body.text()), body.unread(), at);
        }

        /** Returns the same response with another JSON body. */
        public Received with(JsonElement other) {
            return new Received(code, headers, body, garbled, other, unread, at);
        }

        /** Returns the body for storing: as JSON, or else the beginning of its text; null when there is none. */
        @Nullable
        JsonElement raw() {
            if (json != null) {
                return json;
            }
            return body.isBlank() ? null : FalJson.text(body.substring(0, Math.min(body.length(), RAW_TEXT_MAX)));
        }

        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        public Optional<JsonObject> object() {
            return json instanceof JsonObject object ? Optional.of(object) : Optional.empty();
        }

        /** Returns whether this is an HTML page, which comes from a proxy or portal, not from fal. */
        boolean isHtml() {
            return header("content-type").toLowerCase(Locale.ROOT).startsWith("text/html")
                    || body.stripLeading().startsWith("<");
        }
    }
}
