package avatarmonitor.fal;

import avatarmonitor.fal.FalAnswer.Cause;
import avatarmonitor.fal.FalAnswer.Held;
import avatarmonitor.fal.FalAnswer.Trouble;
import avatarmonitor.fal.FalAnswer.Unavailable;
import avatarmonitor.http.BoundedHttp;
import avatarmonitor.http.CutOffException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request, one whole response or the reason why there is none: within an overall limit of time and of size, and never by
 * an exception.
 */
final class HttpExchange implements AutoCloseable {
    /** Trainer outputs are under 1 KB; status answers hold a few minutes of log lines. */
    static final int BODY_BYTES_MAX = 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(HttpExchange.class);
    private static final String STOPPING = "the worker is stopping";

    private final BoundedHttp http;
    private final FalKey key;
    private final Duration limit;
    private final InstantSource clock;
    private volatile FalMeter meter = (code, took) -> {};

    HttpExchange(BoundedHttp http, FalKey key, Duration limit, InstantSource clock) {
        this.http = http;
        this.key = key;
        this.limit = limit;
        this.clock = clock;
    }

    void meter(FalMeter other) {
        meter = other;
    }

    HttpReply send(HttpUriRequestBase request) {
        long started = System.nanoTime();
        request.setHeader("Authorization", key.authorization());
        HttpReply reply;
        try {
            reply = http.send(request, response -> read(request, response));
        } catch (IOException | RuntimeException broken) {
            reply = new HttpReply.Lost(explain(broken));
        }
        if (!(reply instanceof HttpReply.Lost lost && lost.trouble() instanceof Held)) {
            meter.asked(code(reply), Duration.ofNanos(System.nanoTime() - started));
        }
        log.debug("fal asked path={} milliseconds={} reply={}", request.getPath(), since(started), outline(reply));
        return reply;
    }

    private HttpReply read(HttpUriRequestBase request, ClassicHttpResponse response) throws IOException {
        HttpEntity entity = response.getEntity();
        byte[] body = {};
        if (entity != null) {
            InputStream content = entity.getContent();
            body = entity.getContentLength() > BODY_BYTES_MAX ? null : content.readNBytes(BODY_BYTES_MAX + 1);
            if (body == null || body.length > BODY_BYTES_MAX) {
                // Closing a response reads the rest of it first; cutting the connection does not.
                request.cancel();
                return new HttpReply.Lost(new Unavailable(
                        Cause.TOO_LARGE,
                        "HTTP " + response.getCode() + " with more than " + BODY_BYTES_MAX + " bytes"));
            }
        }
        boolean endProved = entity == null || entity.isChunked() || entity.getContentLength() >= 0;
        String text = key.hideIn(new String(body, StandardCharsets.UTF_8));
        return HttpReply.Received.of(response.getCode(), headers(response), text, endProved, clock.instant());
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
        String message = broken.getMessage() == null ? "" : ": " + broken.getMessage();
        return OneLine.of(key.hideIn(broken.getClass().getSimpleName() + message));
    }

    private static long since(long started) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    }

    private static String code(HttpReply reply) {
        if (reply instanceof HttpReply.Received received) {
            return Integer.toString(received.code());
        }
        return reply instanceof HttpReply.Lost lost && lost.trouble() instanceof Unavailable unavailable
                ? unavailable.cause().name().toLowerCase(Locale.ROOT)
                : "none";
    }

    private static Object outline(HttpReply reply) {
        return reply instanceof HttpReply.Received received ? received.code() : reply;
    }

    /** Cuts what is under way; whoever waits for it gets {@link Held} at once. */
    @Override
    public void close() {
        http.close();
    }
}
