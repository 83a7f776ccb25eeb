package avatarmonitor.web;

import avatarmonitor.text.UntrustedText;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A complete HTTP response.
 *
 * @param headers additional to those of every response
 */
record Answer(int status, String contentType, ByteBuffer body, Map<String, String> headers) {
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    static Answer json(JsonElement body) {
        return new Answer(200, "application/json", bytes(body), Map.of());
    }

    /** An error response in machine-readable form (RFC 9457). */
    static Answer problem(int status, String title, String detail) {
        return problem(status, title, detail, Map.of());
    }

    static Answer problem(int status, String title, String detail, Map<String, String> headers) {
        JsonObject problem = new JsonObject();
        problem.addProperty("type", "about:blank");
        problem.addProperty("title", title);
        problem.addProperty("status", status);
        problem.addProperty("detail", detail);
        return new Answer(status, "application/problem+json", bytes(problem), headers);
    }

    static Answer text(int status, String contentType, String body) {
        return new Answer(status, contentType, bytes(body), Map.of());
    }

    static String line(JsonElement element) {
        return UntrustedText.json(GSON.toJson(element));
    }

    /** Sends it; it is not cached by anybody unless its own headers allow that. */
    void sendTo(Response response, Callback callback) {
        response.setStatus(status);
        HttpFields.Mutable sent = response.getHeaders();
        sent.put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.forEach(sent::put);
        if (status == HttpStatus.NOT_MODIFIED_304) {
            callback.succeeded();
            return;
        }
        sent.put(HttpHeader.CONTENT_TYPE, contentType);
        sent.put(HttpHeader.CONTENT_LENGTH, body.remaining());
        // Read from its start, independent of other responses with the same content.
        response.write(true, body.asReadOnlyBuffer(), callback);
    }

    private static ByteBuffer bytes(JsonElement element) {
        return bytes(line(element));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
