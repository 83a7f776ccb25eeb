package avatarmonitor.fal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What one HTTP request came to, before anybody asks what it means. */
sealed interface HttpReply {

    /** The answer that a reader makes of a whole response; without one, the trouble itself is the answer. */
    <A> A read(Function<Received, A> reader, Function<FalAnswer.Trouble, A> lost);

    /** More of what is no JSON says nothing new. */
    int RAW_TEXT_MAX = 10_000;

    /**
     * Why a response has no body that can be read.
     *
     * @param why after the words "HTTP 200"
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
     * @param garbled whether bytes of the body were no text and were replaced
     * @param json the body as JSON, null when it is none
     * @param unread why the body was not read at all; null when it was
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

        static Received of(int code, Map<String, String> headers, ResponseBody body, Instant at) {
            return new Received(
                    code, headers, body.text(), body.garbled(), FalJson.parse(body.text()), body.unread(), at);
        }

        static Received of(int code, Map<String, String> headers, String body, Instant at) {
            return of(code, headers, new ResponseBody(body, false, null), at);
        }

        /** The same with another document in its body. */
        Received with(JsonElement other) {
            return new Received(code, headers, body, garbled, other, unread, at);
        }

        /** The body as it is kept for people: as JSON, or else as the begin of its text; null when there is none. */
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

        Optional<JsonObject> object() {
            return json instanceof JsonObject object ? Optional.of(object) : Optional.empty();
        }

        /** A page for people: some proxy or portal spoke, not fal. */
        boolean isHtml() {
            return header("content-type").toLowerCase(Locale.ROOT).startsWith("text/html")
                    || body.stripLeading().startsWith("<");
        }
    }
}
