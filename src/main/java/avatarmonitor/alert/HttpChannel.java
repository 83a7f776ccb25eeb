package avatarmonitor.alert;

import avatarmonitor.http.BoundedHttp;
import avatarmonitor.http.CutOffException;
import avatarmonitor.http.Egress;
import avatarmonitor.text.UntrustedText;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * POSTs each message as JSON. The receiver can verify origin and time by the signature, and detect duplicates by the
 * id:
 *
 * <pre>
 * X-Avatar-Monitor-Id: id of the message
 * X-Avatar-Monitor-Timestamp: seconds since 1970, of this attempt
 * X-Avatar-Monitor-Signature: sha256= and the hex HMAC-SHA256 of timestamp, a dot and the body; only with a secret
 * </pre>
 */
public final class HttpChannel implements Channel {
    public static final String WEBHOOK = "webhook";
    public static final String CALLBACK = "callback";

    /** The response body is ignored; up to this many bytes are read so that the connection can be reused. */
    private static final int ANSWER_BYTES_MAX = 16 * 1024;

    /** Status codes for too many requests or an unavailable backend: further messages would fail too. */
    private static final Set<Integer> UNAVAILABLE = Set.of(429, 502, 503, 504);

    private final String name;
    private final URI url;
    private final String secret;
    private final int concurrency;
    private final BoundedHttp http;
    private final InstantSource clock;

    /**
     * Creates the channel without connecting.
     *
     * @param secret key of the signature; empty for no signature
     * @param concurrency limit of messages sent at the same time
     * @param limit of one attempt from start to end
     * @param egress proxy and trusted certificates
     */
    public HttpChannel(
            String name, URI url, String secret, int concurrency, Duration limit, Egress egress, InstantSource clock) {
        this.name = name;
        this.url = url;
        this.secret = secret;
        this.concurrency = concurrency;
        this.http = new BoundedHttp(name, concurrency, limit, egress);
        this.clock = clock;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int concurrency() {
        return concurrency;
    }

    @Override
    public Sent send(Message message) {
        byte[] body = UntrustedText.json(message.body().toString()).getBytes(StandardCharsets.UTF_8);
        String timestamp = Long.toString(clock.instant().getEpochSecond());
        HttpPost request = new HttpPost(url);
        request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        request.setHeader("X-Avatar-Monitor-Id", message.id().toString());
        request.setHeader("X-Avatar-Monitor-Timestamp", timestamp);
        if (!secret.isEmpty()) {
            request.setHeader("X-Avatar-Monitor-Signature", "sha256=" + signature(timestamp, body));
        }
        try {
            int code = http.send(request, response -> codeOf(request, response));
            if (code / 100 == 2) {
                return new Sent.Delivered();
            }
            return UNAVAILABLE.contains(code) ? new Sent.Unreachable("HTTP " + code) : new Sent.Refused("HTTP " + code);
        } catch (CutOffException cut) {
            return cut.stopping() ? new Sent.Stopped() : new Sent.Unreachable("no whole answer in time");
        } catch (IOException | RuntimeException broken) {
            // Not the exception's message, which may contain the URL.
            return new Sent.Unreachable(broken.getClass().getSimpleName());
        }
    }

    /** Returns the status code. A body that breaks off or never ends does not change the outcome. */
    private static int codeOf(HttpPost request, ClassicHttpResponse response) {
        try {
            if (response.getEntity() != null
                    && response.getEntity().getContent().readNBytes(ANSWER_BYTES_MAX).length == ANSWER_BYTES_MAX) {
                // Closing a response would read the rest of it first; cancelling the request does not.
                request.cancel();
            }
        } catch (IOException brokenOff) {
            request.cancel();
        }
        return response.getCode();
    }

    private String signature(String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
