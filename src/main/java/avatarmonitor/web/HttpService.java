package avatarmonitor.web;

import avatarmonitor.background.Deadline;
import avatarmonitor.observe.Load;
import avatarmonitor.observe.Meters;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.web.Route.Access;
import avatarmonitor.web.Route.Lane;
import avatarmonitor.web.limit.ClientDeadlines;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP server of one worker. */
public final class HttpService {
    /** The text format of Prometheus. */
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Logger log = LoggerFactory.getLogger(HttpService.class);

    /** Number of ports tried when none is configured; machines with more workers need configured ports. */
    static final int PORTS_TRIED = 20;

    /** Maximum; with one selector rarely more than two are in use. */
    private static final int SERVER_THREADS_MAX = 16;

    private static final int SERVER_THREADS_MIN = 4;
    private static final int CONNECTIONS_MAX = 4_096;
    private static final int BACKLOG = 1_024;
    private static final Duration IDLE_MAX = Duration.ofSeconds(30);

    /** Idle timeout while all connections are in use. */
    private static final Duration IDLE_MAX_WHEN_FULL = Duration.ofSeconds(1);

    private static final int HEADER_BYTES_MAX = 8 * 1024;

    /** Part of a stop for clients that still receive their response or send their request. */
    static final Duration CLIENTS_STOP_MAX = Duration.ofSeconds(1);

    /** Part of a stop for the server's threads, which never block and therefore end at once. */
    private static final Duration SERVER_STOP_MAX = Duration.ofMillis(500);

    /** At most this part of a short stop timeout for clients, and the same for the server. */
    private static final int STOP_PARTS = 4;

    private final HttpConfig config;
    private final Server server;
    private final ServerConnector connector;
    private final ClientDeadlines deadlines;
    private final RequestHandler handler;
    private final EventStream eventStream;
    private final RequestPools pools = new RequestPools();
    private final List<Route> routes;
    private final QueuedThreadPool threads = new QueuedThreadPool(SERVER_THREADS_MAX, SERVER_THREADS_MIN);
    private int port;

    /**
     * Dependencies of a service.
     *
     * @param load of the cluster
     * @param webhooks null when fal's webhooks are not accepted
     * @param worker instance id of the worker that serves
     * @param version of the program
     */
    public record Parts(
            Database database,
            Supplier<AvatarSchema> schema,
            InstantSource clock,
            Actions actions,
            Health health,
            Meters meters,
            Load load,
            @Nullable WebhookInbox webhooks,
            String worker,
            String version) {}

    private HttpService(HttpConfig config, Parts parts, ClientDeadlines.Limits limits) {
        this.config = config;
        threads.setName("http");
        threads.setDaemon(true);
        server = new Server(threads);
        server.setStopTimeout(0);
        server.setErrorHandler(new ProblemHandler());
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(wire()));
        connector.setIdleTimeout(IDLE_MAX.toMillis());
        connector.setAcceptQueueSize(BACKLOG);
        server.addConnector(connector);
        NetworkConnectionLimit limit = new NetworkConnectionLimit(CONNECTIONS_MAX, connector);
        limit.setEndPointIdleTimeout(IDLE_MAX_WHEN_FULL.toMillis());
        server.addBean(limit);
        deadlines = new ClientDeadlines(connector.getScheduler(), limits);
        connector.addEventListener(deadlines);

        OverviewCache figures = new OverviewCache(parts, config);
        eventStream = new EventStream(parts, figures, connector.getScheduler(), deadlines);
        List<Route> served = new ArrayList<>(new HealthApi(parts.health(), pools.probing()).routes());
        served.addAll(new Api(parts.database(), parts.schema(), figures, parts.clock()).routes());
        served.addAll(new ActionApi(parts.actions()).routes());
        served.addAll(new BulkApi(parts.actions()).routes());
        Meters meters = parts.meters();
        // Handled directly, since metrics matter most while the database hangs.
        served.add(Route.get(
                "/metrics", Access.READ, Lane.DIRECT, call -> Answer.text(200, METRICS_TYPE, meters.scrape())));
        if (parts.webhooks() != null) {
            served.addAll(new WebhookApi(parts.webhooks()).routes());
        }
        routes = List.copyOf(served);
        handler = new RequestHandler(
                new Router(routes, new PageFiles()),
                new AccessControl(config, System::nanoTime),
                deadlines,
                pools,
                eventStream);
        server.setHandler(handler);
    }

    private static HttpConfiguration wire() {
        HttpConfiguration wire = new HttpConfiguration();
        wire.setSendServerVersion(false);
        wire.setRequestHeaderSize(HEADER_BYTES_MAX);
        wire.setUriCompliance(UriCompliance.DEFAULT);
        wire.setHttpCompliance(HttpCompliance.STRICT);
        return wire;
    }

    /**
     * Binds a port; requests wait until {@link #start}.
     *
     * @throws PortTakenException when the configured port, or every port that was tried, is not available
     */
    public static HttpService bind(HttpConfig config, Parts parts) {
        return bind(config, parts, ClientDeadlines.Limits.USUAL);
    }

    static HttpService bind(HttpConfig config, Parts parts, ClientDeadlines.Limits limits) {
        HttpService service = new HttpService(config, parts, limits);
        service.bind();
        return service;
    }

    private void bind() {
        connector.setHost(config.host());
        IntStream usual = IntStream.range(HttpConfig.PORT_USUAL, HttpConfig.PORT_USUAL + PORTS_TRIED);
        // Without a configured port a missing one must not prevent monitoring: 0 is any free one.
        IntStream ports = config.port().isPresent() ? config.port().stream() : IntStream.concat(usual, IntStream.of(0));
        IOException taken = new IOException("no port was tried");
        for (int wanted : ports.toArray()) {
            connector.setPort(wanted);
            try {
                connector.open();
                this.port = connector.getLocalPort();
                return;
            } catch (IOException e) {
                taken = e;
            }
        }
        throw new PortTakenException(config, taken);
    }

    /** Starts to answer requests. */
    public void start() {
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server did not start", e);
        }
        deadlines.start();
        eventStream.start();
        if (config.port().isEmpty() && port != HttpConfig.PORT_USUAL) {
            log.info("the usual port is taken usual={} port={}", HttpConfig.PORT_USUAL, port);
        }
        log.info(
                "http serves url={} token={} read_only={}",
                url(),
                config.tokens().isEmpty() ? "none" : "set",
                config.readOnly());
    }

    /** URL, such as {@code http://127.0.0.1:8484}. */
    public String url() {
        String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
        return "http://" + host + ":" + port;
    }

    /** All routes except the files of the page. */
    List<Route> routes() {
        return routes;
    }

    /** Accepts no further requests and ends the streams; running requests continue. */
    public void stopTaking() {
        handler.refuseAll();
        connector.close();
        eventStream.stop();
        pools.stop();
    }

    /**
     * Stops everything within the timeout and waits for running requests; a client that does not read its response gets
     * at most {@link #CLIENTS_STOP_MAX} of it.
     *
     * @return whether all requests had ended
     */
    public boolean stop(Duration timeout) throws InterruptedException {
        Duration forClients = share(timeout, CLIENTS_STOP_MAX);
        Duration forServer = share(timeout, SERVER_STOP_MAX);
        Deadline deadline = Deadline.in(timeout.minus(forClients).minus(forServer));
        stopTaking();
        eventStream.awaitEnd(deadline.left());
        pools.awaitEnd(deadline.left());
        boolean ended = handler.awaitNone(forClients);
        threads.setStopTimeout(forServer.toMillis());
        try {
            server.stop();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            log.warn("http server did not stop in order error={}", e.toString());
        }
        return ended;
    }

    private static Duration share(Duration timeout, Duration most) {
        Duration part = timeout.isNegative() ? Duration.ZERO : timeout.dividedBy(STOP_PARTS);
        return part.compareTo(most) < 0 ? part : most;
    }
}
