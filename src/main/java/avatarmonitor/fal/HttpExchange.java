package avatarmonitor.fal;

import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.answer.FalAnswer.Trouble;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.fal.answer.HttpReply;
import avatarmonitor.fal.answer.ResponseBody;
import avatarmonitor.http.BoundedHttp;
import avatarmonitor.http.CutOffException;
import avatarmonitor.http.Egress;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonElement;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one request and returns the whole response or the reason why there is none, within limits on time and size;
 * never throws.
 */
final class HttpExchange implements AutoCloseable {
    /** Size limit: trainer outputs are under 1 KB; status answers contain a few minutes of log lines. */
    static final int BODY_BYTES_MAX = 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(HttpExchange.class);
    private static final String STOPPING = "the worker is stopping";

    private final BoundedHttp http;
    private final FalKey key;
    private final Duration limit;
    private final InstantSource clock;
    private volatile FalMeter meter = (code, took) -> {};

    private HttpExchange(BoundedHttp http, FalKey key, Duration limit, InstantSource clock) {
        this.http = http;
        this.key = key;
        this.limit = limit;
        this.clock = clock;
    }

    /**
     * Opens a client without connecting.
     *
     * @param name prefix of its thread names
     * @return null without a key: then no request can be sent
     */
    static @Nullable HttpExchange open(
            String name, int connections, FalConfig config, Egress egress, InstantSource clock) {
        FalKey key = config.key();
        Duration limit = config.timeout();
        return key == null
                ? null
                : new HttpExchange(new BoundedHttp(name, connections, limit, egress), key, limit, clock);
    }

    void meter(FalMeter other) {
        meter = other;
    }

    HttpReply send(HttpUriRequestBase request) {
        long started = System.nanoTime();
        request.setHeader("Authorization", key.authorization());
        // Without it any encoding is allowed (RFC 9110 section 12.5.3); a compressed response is still read, within the
        // same limit.
        request.setHeader("Accept-Encoding", "identity");
        HttpReply reply;
        try {
            reply = http.send(request, response -> read(request, response));
        } catch (IOException | RuntimeException broken) {
            reply = new HttpReply.Lost(explain(broken));
        }
        if (!(reply instanceof HttpReply.Lost lost && lost.trouble() instanceof Held)) {
            meter.asked(code(reply), Duration.ofNanos(System.nanoTime() - started));
        }
        log.debug("fal asked path={} took_ms={} reply={}", request.getPath(), since(started), outline(reply));
        return reply;
    }

    private HttpReply read(HttpUriRequestBase request, ClassicHttpResponse response) throws IOException {
        ResponseBody body = body(request, response);
        ResponseBody shown = new ResponseBody(key.hideInBody(body.text()), body.garbled(), body.unread());
        HttpReply.Received received =
                HttpReply.Received.of(response.getCode(), headers(response), shown, clock.instant());
        JsonElement json = received.json();
        return json == null ? received : received.with(key.hideInBody(json));
    }

    private static ResponseBody body(HttpUriRequestBase request, ClassicHttpResponse response) throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return new ResponseBody("", false, null);
        }
        byte[] bytes = entity.getContentLength() > BODY_BYTES_MAX
                ? null
                : entity.getContent().readNBytes(BODY_BYTES_MAX + 1);
        if (bytes == null || bytes.length > BODY_BYTES_MAX) {
            // Closing a response would read the rest of it first; cancelling the request does not.
            request.cancel();
            return ResponseBody.tooLarge(BODY_BYTES_MAX);
        }
        return ResponseBody.of(
                bytes, header(response, "Content-Encoding"), header(response, "Content-Type"), BODY_BYTES_MAX);
    }

    private static String header(ClassicHttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null || header.getValue() == null ? "" : header.getValue();
    }

    private Map<String, String> headers(ClassicHttpResponse response) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : response.getHeaders()) {
            String value = header.getValue() == null ? "" : key.hideIn(header.getValue());
            headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), value);
        }
        return headers;
    }

    private Trouble explain(Exception broken) {
        if (broken instanceof CutOffException cut && cut.stopping()) {
            return new Held(clock.instant(), STOPPING);
        }
        if (broken instanceof ConnectionRequestTimeoutException) {
            return new Held(clock.instant(), "all connections to fal are in use");
        }
        if (broken instanceof CutOffException || broken instanceof SocketTimeoutException) {
            return new Unavailable(Cause.TIMEOUT, "no whole answer within " + limit.toMillis() + " ms");
        }
        if (broken instanceof MessageConstraintException) {
            return new Unavailable(Cause.TOO_LARGE, "too many or too long header lines");
        }
        if (broken instanceof ClientProtocolException || isMalformedChunk(broken)) {
            return new Unavailable(Cause.MALFORMED, describe(broken));
        }
        if (broken instanceof RuntimeException) {
            log.warn(
                    "fal response broke the HTTP client kind={}",
                    broken.getClass().getName(),
                    broken);
            return new Unavailable(Cause.MALFORMED, describe(broken));
        }
        return new Unavailable(Cause.CONNECTION, describe(broken));
    }

    private static boolean isMalformedChunk(Exception broken) {
        return broken instanceof MalformedChunkCodingException && !(broken instanceof TruncatedChunkException);
    }

    private String describe(Exception broken) {
        String cause = broken.getCause() == null ? "" : ", caused by " + named(broken.getCause());
        return UntrustedText.line(key.hideIn(named(broken) + cause));
    }

    private static String named(Throwable thrown) {
        String message = thrown.getMessage() == null ? "" : ": " + thrown.getMessage();
        return thrown.getClass().getSimpleName() + message;
    }

    private static long since(long started) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    }

    private static String code(HttpReply reply) {
        if (reply instanceof HttpReply.Received received) {
            return received.unread() == null
                    ? Integer.toString(received.code())
                    : word(received.unread().cause());
        }
        return reply instanceof HttpReply.Lost lost && lost.trouble() instanceof Unavailable unavailable
                ? word(unavailable.cause())
                : "none";
    }

    private static String word(Cause cause) {
        return cause.name().toLowerCase(Locale.ROOT);
    }

    private static Object outline(HttpReply reply) {
        return reply instanceof HttpReply.Received received ? received.code() : reply;
    }

    /** Cancels running requests; their callers get {@link Held} at once. */
    @Override
    public void close() {
        http.close();
    }
}
