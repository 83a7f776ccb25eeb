package avatarmonitor.emulator;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/**
 * One HTTP answer.
 *
 * @param code HTTP status code, 200 to 599
 * @param contentType value of the Content-Type header
 * @param body sent as UTF-8; may be empty
 * @param headers further headers
 */
public record Reply(int code, String contentType, String body, Map<String, String> headers) {
    private static final String JSON = "application/json";

    public Reply {
        if (code < 200 || code > 599) {
            throw new IllegalArgumentException("not a final HTTP status code: " + code);
        }
        headers = Map.copyOf(headers);
    }

    /** An answer with a JSON body, with the content type that fal's JavaScript client insists on. */
    public static Reply json(int code, JsonElement body) {
        return new Reply(code, JSON, body.toString(), Map.of());
    }

    /** An answer whose JSON body is a record or a list of records. */
    static Reply of(int code, Object body) {
        return json(code, Json.tree(body));
    }

    /** An answer that claims to be JSON, whatever the body holds. */
    public static Reply claimingJson(int code, String body) {
        return new Reply(code, JSON, body, Map.of());
    }

    /** An answer with an HTML body, as proxies give it. */
    public static Reply html(int code, String body) {
        return new Reply(code, "text/html", body, Map.of());
    }

    /** {@code {"detail": text}}: fal's form of a refusal. */
    public static Reply detail(int code, String text) {
        JsonObject body = new JsonObject();
        body.addProperty("detail", text);
        return json(code, body);
    }

    /** {@code {"status": word}}: the queue's short answers, such as {@code NOT_FOUND}. */
    public static Reply status(int code, String word) {
        JsonObject body = new JsonObject();
        body.addProperty("status", word);
        return json(code, body);
    }

    /** The same answer with these headers too. */
    Reply withAll(Map<String, String> headersToo) {
        Reply reply = this;
        for (Map.Entry<String, String> header : headersToo.entrySet()) {
            reply = reply.with(header.getKey(), header.getValue());
        }
        return reply;
    }

    /** The same answer with one header more. */
    public Reply with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new Reply(code, contentType, body, more);
    }
}
