package avatarmonitor.emulator;

import avatarmonitor.emulator.http.Wire;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The emulator's HTTP server: JDK HttpServer with a fixed thread pool and one timer. */
final class EmulatorServer implements AutoCloseable {
    private static final int WORKERS = 32;
    private static final int MOST_WAITING_CALLS = 10_000;
    private static final int BACKLOG = 1024;

    private final HttpServer server;
    private final ThreadPoolExecutor workers;
    private final ScheduledThreadPoolExecutor timer;
    private final URI baseUri;

    EmulatorServer(Emulation emulation) throws IOException {
        tuneOnce();
        EmulatorConfig config = emulation.config();
        InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
        if (address.isUnresolved()) {
            throw new IOException("unknown host " + config.host());
        }
        server = HttpServer.create(address, BACKLOG);
        baseUri = baseUri(server.getAddress());
        emulation.address(baseUri);
        AtomicInteger number = new AtomicInteger();
        workers = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MOST_WAITING_CALLS),
                task -> new Thread(task, "fal-emulator-" + number.incrementAndGet()));
        timer = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "fal-emulator-timer"));
        timer.setRemoveOnCancelPolicy(true);
        server.setExecutor(workers);
        Wire wire = new Wire(workers, timer, config.limits().heldAnswers());
        var unused = server.createContext("/", new QueueHandler(emulation, wire, baseUri));
        server.start();
    }

    URI baseUri() {
        return baseUri;
    }

    @Override
    public void close() {
        server.stop(0);
        timer.shutdownNow();
        workers.shutdownNow();
    }

    /**
     * Sets system properties that the JDK server reads once per process: it closes connections that send a request too
     * slowly, sends small answers at once (TCP_NODELAY) and keeps more than 200 idle connections.
     */
    private static void tuneOnce() {
        setIfMissing("sun.net.httpserver.maxReqTime", "10");
        setIfMissing("sun.net.httpserver.nodelay", "true");
        setIfMissing("sun.net.httpserver.maxIdleConnections", "4096");
    }

    private static void setIfMissing(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    /** Returns a reachable address, also when the server listens on all addresses. */
    private static URI baseUri(InetSocketAddress bound) {
        String host = bound.getAddress().isAnyLocalAddress()
                ? "127.0.0.1"
                : bound.getAddress().getHostAddress();
        String literal = host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://" + literal + ":" + bound.getPort());
    }
}
