package avatarmonitor.emulator;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/** Posts one webhook once. Does not follow redirects and does not retry; the caller decides on both. */
final class WebhookSender implements AutoCloseable {
    static final int NO_ANSWER = 0;
    private static final int CONNECT_SECONDS = 5;
    private static final int FIRST_ANSWER_SECONDS = 15;
    private static final int LATER_ANSWER_SECONDS = 120;

    private final CloseableHttpClient client;

    WebhookSender(int connections) {
        ConnectionConfig connection = ConnectionConfig.custom()
                .setConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                .build();
        client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(connections)
                        .setMaxConnPerRoute(connections)
                        .setDefaultConnectionConfig(connection)
                        .build())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .build();
    }

    /** Returns the receiver's status code, or {@link #NO_ANSWER}. */
    int post(URI receiver, byte[] body, @Nullable WebhookSignature signature, boolean first) {
        HttpPost post = new HttpPost(receiver);
        post.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        post.setConfig(RequestConfig.custom()
                .setResponseTimeout(first ? FIRST_ANSWER_SECONDS : LATER_ANSWER_SECONDS, TimeUnit.SECONDS)
                .setConnectionRequestTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                .build());
        if (signature != null) {
            post.setHeader("X-Fal-Webhook-Request-Id", signature.requestId());
            post.setHeader("X-Fal-Webhook-User-Id", signature.userId());
            post.setHeader("X-Fal-Webhook-Timestamp", signature.timestamp());
            post.setHeader("X-Fal-Webhook-Signature", signature.signature());
        }
        try (ClassicHttpResponse response = client.executeOpen(null, post, null)) {
            return response.getCode();
        } catch (IOException noAnswer) {
            return NO_ANSWER;
        }
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }
}
