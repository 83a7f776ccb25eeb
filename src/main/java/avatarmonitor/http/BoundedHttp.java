package avatarmonitor.http;

import avatarmonitor.background.DaemonThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;

/**
 * HTTP client with an overall timeout per request. Sends each request once (see {@link StaleConnectionRetry}) and does
 * not follow redirects. Socket timeouts alone do not bound a server that sends one byte now and then, so a timer
 * cancels the request at its deadline. The calling thread does the I/O; the timer is the only thread here. Thread-safe.
 */
public final class BoundedHttp implements AutoCloseable {
    private final CloseableHttpClient client;
    private final ProxyTunnels tunnels;
    private final BoundedNameLookup names;
    private final Duration limit;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<HttpUriRequestBase> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Creates the client without connecting.
     *
     * @param name prefix of its thread names
     * @param connections limit of concurrent requests
     * @param limit overall timeout of one request
     * @param egress proxy and trusted certificates
     */
    public BoundedHttp(String name, int connections, Duration limit, Egress egress) {
        this.tunnels = new ProxyTunnels(egress);
        this.names = new BoundedNameLookup(name, SystemDefaultDnsResolver.INSTANCE, BoundedHttpClient.stepLimit(limit));
        this.client = BoundedHttpClient.open(connections, limit, names, tunnels, egress.tls());
        this.limit = limit;
        this.timer = new ScheduledThreadPoolExecutor(1, DaemonThreads.named(name + "-deadline"));
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Reads a response before the deadline expires. */
    public interface Reader<A> {
        A read(ClassicHttpResponse response) throws IOException;
    }

    /**
     * Sends one request.
     *
     * @throws CutOffException when the deadline expired or this client was closed
     * @throws ProxyRefusedException when a proxy opened no tunnel
     * @throws ConnectionRequestTimeoutException when all connections are in use
     */
    public <A> A send(HttpUriRequestBase request, Reader<A> reader) throws IOException {
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
            throw new CutOffException(true, afterClose);
        }
        underWay.add(request);
        if (closed) {
            request.cancel();
        }
        try {
            ClassicHttpResponse response = client.executeOpen(null, request, tunnels.context());
            try {
                return reader.read(response);
            } finally {
                // Closing fails after a cancelled request; that does not affect what was read.
                Closer.closeQuietly(response);
            }
        } catch (IOException | RuntimeException broken) {
            if (closed || Thread.currentThread().isInterrupted()) {
                throw new CutOffException(true, broken);
            }
            if (overdue.get() && !(broken instanceof ConnectionRequestTimeoutException)) {
                throw new CutOffException(false, broken);
            }
            if (broken instanceof RequestFailedException failed) {
                throw noConnection(failed);
            }
            throw broken;
        } finally {
            deadline.cancel(false);
            underWay.remove(request);
        }
    }

    /** The pool may find before the caller that the wait for a connection is over, and reports it in another way. */
    static IOException noConnection(RequestFailedException failed) {
        return failed.getCause() instanceof TimeoutException late
                ? new ConnectionRequestTimeoutException(late.getMessage())
                : failed;
    }

    /** Cancels running requests; their callers get a {@link CutOffException} at once. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        underWay.forEach(HttpUriRequestBase::cancel);
        client.close(CloseMode.IMMEDIATE);
        names.close();
    }
}
