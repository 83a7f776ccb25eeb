package avatarmonitor.emulator.http;

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
 * @param headers additional headers
 */
public record Reply(int code, String contentType, String body, Map<String, String> headers) {
    private static final String JSON = "application/json";

    public Reply {
        if (code < 200 || code > 599) {
            throw new IllegalArgumentException("not a final HTTP status code: " + code);
        }
        headers = Map.copyOf(headers);
    }

    /** Returns an answer with a JSON body and the content type that fal's JavaScript client requires. */
    public static Reply json(int code, JsonElement body) {
        return new Reply(code, JSON, body.toString(), Map.of());
    }

    /** Returns an answer with a record or a list of records as JSON. */
    public static Reply of(int code, Object body) {
        return json(code, Json.tree(body));
    }

    /** Returns an answer with the content type of JSON, whatever the body contains. */
    public static Reply claimingJson(int code, String body) {
        return new Reply(code, JSON, body, Map.of());
    }

    /** Returns an answer with an HTML body, as proxies send. */
    public static Reply html(int code, String body) {
        return new Reply(code, "text/html", body, Map.of());
    }

    /** {@code {"detail": text}}: fal's form of an error. */
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

    /** Returns the same answer with these headers added. */
    public Reply withAll(Map<String, String> headersToo) {
        Reply reply = this;
        for (Map.Entry<String, String> header : headersToo.entrySet()) {
            reply = reply.with(header.getKey(), header.getValue());
        }
        return reply;
    }

    /** Returns the same answer with one header added. */
    public Reply with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new Reply(code, contentType, body, more);
    }
}
