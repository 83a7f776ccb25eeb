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
     * @param endProved whether the framing proves that the body was not cut; false for a body that ends with the connection
     * @param json the body as JSON, null when it is none
     */
    record Received(
            int code,
            Map<String, String> headers,
            String body,
            boolean endProved,
            @Nullable JsonElement json,
            Instant at)
            implements HttpReply {

        @Override
        public <A> A read(Function<Received, A> reader, Function<FalAnswer.Trouble, A> lost) {
            return reader.apply(this);
        }

        static Received of(int code, Map<String, String> headers, String body, boolean endProved, Instant at) {
            return new Received(code, headers, body, endProved, FalJson.parse(body), at);
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
