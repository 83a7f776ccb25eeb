package avatarmonitor.fal;

import avatarmonitor.fal.FalAnswer.Cause;
import avatarmonitor.fal.FalAnswer.Held;
import avatarmonitor.fal.FalAnswer.Trouble;
import avatarmonitor.fal.FalAnswer.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request, one whole response or the reason why there is none: within an overall limit of time and of size, and never by
 * an exception. Time-outs of a socket alone do not bound a server that sends one byte now and then, so a timer cuts the
 * connection. The calling thread does the work; the timer is the only thread here.
 */
final class HttpExchange implements AutoCloseable {
    /** Trainer outputs are under 1 KB; status answers hold a few minutes of log lines. */
    static final int BODY_BYTES_MAX = 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(HttpExchange.class);
    private static final String STOPPING = "the worker is stopping";

    private final CloseableHttpClient client;
    /** Null where no key is to be sent. */
    private final @Nullable FalKey key;

    private final Duration limit;
    private final InstantSource clock;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<HttpUriRequestBase> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    HttpExchange(CloseableHttpClient client, FalKey key, Duration limit, InstantSource clock) {
        this(client, limit, clock, key);
    }

    private HttpExchange(CloseableHttpClient client, Duration limit, InstantSource clock, @Nullable FalKey key) {
        this.client = client;
        this.key = key;
        this.limit = limit;
        this.clock = clock;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "fal-deadline");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /** For addresses that must not see the key. */
    static HttpExchange withoutKey(CloseableHttpClient client, Duration limit, InstantSource clock) {
        return new HttpExchange(client, limit, clock, null);
    }

    HttpReply send(HttpUriRequestBase request) {
        AtomicBoolean overdue = new AtomicBoolean();
        Future<?> deadline;
        try {
            deadline = timer.schedule(
                    () -> {
                        overdue.set(true);
                        request.cancel();
                    },
                    limit.toNanos(),
                    TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException afterClose) {
            return new HttpReply.Lost(stopping());
        }
        underWay.add(request);
        if (closed) {
            request.cancel();
        }
        long started = System.nanoTime();
        if (key != null) {
            request.setHeader("Authorization", key.authorization());
        }
        HttpReply reply;
        try {
            ClassicHttpResponse response = client.executeOpen(null, request, null);
            try {
                reply = read(request, response);
            } finally {
                // After a cut closing complains, and changes nothing about what was read.
                Closer.closeQuietly(response);
            }
        } catch (IOException | RuntimeException broken) {
            reply = new HttpReply.Lost(explain(broken, overdue.get()));
        } finally {
            deadline.cancel(false);
            underWay.remove(request);
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
        String text = hidden(new String(body, StandardCharsets.UTF_8));
        return HttpReply.Received.of(response.getCode(), headers(response), text, endProved, clock.instant());
    }

    private Map<String, String> headers(ClassicHttpResponse response) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : response.getHeaders()) {
            String value = header.getValue() == null ? "" : hidden(header.getValue());
            headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), value);
        }
        return headers;
    }

    private Trouble explain(Exception broken, boolean overdue) {
        if (closed || Thread.currentThread().isInterrupted()) {
            return stopping();
        }
        if (broken instanceof ConnectionRequestTimeoutException) {
            return new Held(clock.instant(), "all connections to fal are in use");
        }
        if (overdue || broken instanceof SocketTimeoutException) {
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
        return OneLine.of(hidden(broken.getClass().getSimpleName() + message));
    }

    private String hidden(String text) {
        return key == null ? text : key.hideIn(text);
    }

    private Held stopping() {
        return new Held(clock.instant(), STOPPING);
    }

    private static long since(long started) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    }

    private static Object outline(HttpReply reply) {
        return reply instanceof HttpReply.Received received ? received.code() : reply;
    }

    /** Cuts what is under way; whoever waits for it gets {@link Held} at once. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        underWay.forEach(HttpUriRequestBase::cancel);
        client.close(CloseMode.IMMEDIATE);
    }
}
