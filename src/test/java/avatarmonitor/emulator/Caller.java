package avatarmonitor.emulator;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;

/** Calls an emulator over real HTTP, without retries and redirects. */
final class Caller implements AutoCloseable {
    static final String PORTRAIT = "/fal-ai/flux-lora-portrait-trainer";
    static final String STYLE = "/fal-ai/flux-pro-trainer";
    private static final int TIME_OUT_SECONDS = 3;

    /** Header names are in lower case. */
    record Answer(int code, Map<String, String> headers, String body) {
        JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }

        String text(String field) {
            return json().get(field).getAsString();
        }
    }

    private final URI base;
    private final CloseableHttpClient client = HttpClients.custom()
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .setDefaultRequestConfig(RequestConfig.custom()
                    .setResponseTimeout(TIME_OUT_SECONDS, TimeUnit.SECONDS)
                    .build())
            .build();

    Caller(URI base) {
        this.base = base;
    }

    Answer get(String path) throws IOException {
        return call("GET", path, "", Map.of("Authorization", "Key id:secret"));
    }

    Answer post(String path, String body) throws IOException {
        return call("POST", path, body, Map.of("Authorization", "Key id:secret"));
    }

    Answer put(String path, String body) throws IOException {
        return call("PUT", path, body, Map.of("Authorization", "Key id:secret"));
    }

    Answer delete(String path) throws IOException {
        return call("DELETE", path, "", Map.of());
    }

    Answer call(String method, String path, String body, Map<String, String> headers) throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(method, URI.create(base + path));
        headers.forEach(request::setHeader);
        if (!body.isEmpty()) {
            request.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
        }
        try (ClassicHttpResponse response = client.executeOpen(null, request, null)) {
            Map<String, String> received = new HashMap<>();
            for (Header header : response.getHeaders()) {
                received.put(header.getName().toLowerCase(Locale.ROOT), header.getValue());
            }
            String text = response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity());
            return new Answer(response.getCode(), received, text == null ? "" : text);
        } catch (org.apache.hc.core5.http.ParseException impossible) {
            throw new IOException(impossible);
        }
    }

    /** Submits with this scenario and returns the path of the request. */
    String submit(String endpoint, String scenario) throws IOException {
        Answer answer = post(endpoint, "{\"images_data_url\":\"x\",\"_emulator\":" + scenario + "}");
        if (answer.code() != 200) {
            throw new IllegalStateException("submit was refused: " + answer);
        }
        return endpoint + "/requests/" + answer.text("request_id");
    }

    static String idOf(String requestPath) {
        return requestPath.substring(requestPath.lastIndexOf('/') + 1);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
