package avatarmonitor.http;

import avatarmonitor.background.DaemonThreads;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.DnsResolver;

/**
 * DNS resolver with a timeout. The operating system's lookup can hang for minutes and cannot be interrupted, so it runs
 * on a separate thread that is abandoned at the timeout. At most {@link #THREADS_MAX} threads can hang.
 */
final class BoundedNameLookup implements DnsResolver, AutoCloseable {
    static final int THREADS_MAX = 2;
    private static final int WAITING_MAX = 200;
    private static final Duration THREAD_IDLE = Duration.ofSeconds(10);

    private final DnsResolver system;
    private final Duration limit;
    private final ThreadPoolExecutor threads;
    /** Running lookups by waiting thread. */
    private final Map<Thread, Future<InetAddress[]>> underWay = new ConcurrentHashMap<>();

    /** @param name prefix of its thread names */
    BoundedNameLookup(String name, DnsResolver system, Duration limit) {
        this.system = system;
        this.limit = limit;
        this.threads = new ThreadPoolExecutor(
                THREADS_MAX,
                THREADS_MAX,
                THREAD_IDLE.toMillis(),
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(WAITING_MAX),
                DaemonThreads.named(name + "-name-lookup"));
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        Future<InetAddress[]> lookup;
        try {
            lookup = threads.submit(() -> system.resolve(host));
        } catch (RejectedExecutionException full) {
            throw unknown(host, "too many lookups hang", full);
        }
        underWay.put(Thread.currentThread(), lookup);
        if (threads.isShutdown()) {
            // close() may have run before this lookup was registered.
            lookup.cancel(true);
        }
        try {
            return lookup.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw unknown(host, "no answer within " + limit.toMillis() + " ms", slow);
        } catch (ExecutionException failed) {
            throw unknown(host, "unknown host", failed);
        } catch (CancellationException closed) {
            throw unknown(host, "closed", closed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw unknown(host, "interrupted", stop);
        } finally {
            lookup.cancel(true);
            underWay.remove(Thread.currentThread());
        }
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    private static UnknownHostException unknown(String host, String why, Exception cause) {
        UnknownHostException unknown = new UnknownHostException(host + ": " + why);
        unknown.initCause(cause);
        return unknown;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        underWay.values().forEach(lookup -> lookup.cancel(true));
    }
}
