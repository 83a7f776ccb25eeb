package avatarmonitor.bench;

import avatarmonitor.alert.AlertAggregator;
import avatarmonitor.alert.AlertConfig;
import avatarmonitor.alert.AlertConfig.Receiver;
import avatarmonitor.alert.DeliveryWorker;
import avatarmonitor.alert.HttpChannel;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.http.Egress;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Callbacks per second of one and of three workers, for receivers that answer after a given time. */
final class Callbacks implements Measure {
    private static final String OWN = Kind.AVATAR_MONITOR.label();
    private static final List<Duration> LATENCIES =
            List.of(Duration.ZERO, Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofMillis(500));

    /** Default of {@code alerts.callback.concurrency}. */
    private static final int CONCURRENCY = Integer.getInteger("bench.callback-concurrency", 8);

    private static final int RECEIVER_THREADS = 4;

    /** At one message at a time the trial takes about this long, but at least {@link #MESSAGES_MIN} are sent. */
    private static final Duration TRIAL = Duration.ofSeconds(30);

    private static final int MESSAGES_MIN = 300;
    private static final int MESSAGES_MAX = 2_000;

    @Override
    public String name() {
        return "callbacks";
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (int round = 1; round <= bench.options().rounds(); round++) {
            for (Duration latency : LATENCIES) {
                for (int workers : List.of(1, 3)) {
                    double perSecond = perSecond(bench, latency, workers);
                    bench.results()
                            .add(
                                    name() + "_" + latency.toMillis() + "ms_" + workers + "_workers_per_second",
                                    OWN,
                                    perSecond,
                                    "callbacks/s");
                    bench.progress(
                            name(),
                            round,
                            OWN,
                            "receiver answers after %d ms, workers=%d: %.0f callbacks/s",
                            latency.toMillis(),
                            workers,
                            perSecond);
                }
            }
        }
        bench.note("%s: a backlog of ended trainings, sent with the defaults to one receiver.", name());
    }

    private static double perSecond(Bench bench, Duration latency, int workers) throws Exception {
        int messages = (int) Math.max(
                MESSAGES_MIN, Math.min(MESSAGES_MAX, TRIAL.toMillis() / Math.max(1, latency.toMillis())));
        String url = bench.server().create(false);
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ScheduledExecutorService answering = Executors.newScheduledThreadPool(RECEIVER_THREADS);
        ExecutorService sending = Executors.newFixedThreadPool(workers);
        List<HttpChannel> channels = new ArrayList<>();
        try (Database database = Database.open(new StoreConfig(url, "", "", 2 * workers + 2))) {
            var unused = receiver.createContext("/", exchange -> {
                exchange.getRequestBody().readAllBytes();
                var unusedAnswer =
                        answering.schedule(() -> answer(exchange), latency.toMillis(), TimeUnit.MILLISECONDS);
            });
            receiver.start();
            Receiver target = new Receiver(
                    URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/ended"),
                    "secret",
                    CONCURRENCY);
            AlertConfig config = config(target);
            queue(database, config, messages);
            bench.server().settle();
            List<Callable<Integer>> deliveries = new ArrayList<>();
            for (int worker = 1; worker <= workers; worker++) {
                HttpChannel channel = channel(target, config);
                channels.add(channel);
                DeliveryWorker delivery = new DeliveryWorker(
                        database,
                        channel,
                        config,
                        InstantSource.system(),
                        System::nanoTime,
                        RandomGenerator.getDefault(),
                        "w" + worker);
                deliveries.add(() -> {
                    int all = 0;
                    // A worker that finds the others' claims only is done, too.
                    for (int delivered = delivery.deliver(); delivered > 0; delivered = delivery.deliver()) {
                        all += delivered;
                    }
                    return all;
                });
            }
            long began = System.nanoTime();
            int delivered = 0;
            for (Future<Integer> one : sending.invokeAll(deliveries)) {
                delivered += one.get();
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            if (delivered < messages) {
                throw new IllegalStateException("only " + delivered + " of " + messages + " delivered");
            }
            return messages / seconds;
        } finally {
            channels.forEach(HttpChannel::close);
            sending.shutdown();
            receiver.stop(0);
            answering.shutdown();
            bench.server().drop(url);
        }
    }

    private static Void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(204, -1);
        }
        return null;
    }

    private static void queue(Database database, AlertConfig config, int messages) {
        EventLog events = new EventLog(database.dialect());
        database.inTransaction(connection -> {
            for (int i = 0; i < messages; i++) {
                events.append(
                        connection,
                        new Event(
                                Instant.now(),
                                new AvatarId(UUID.randomUUID()),
                                UUID.randomUUID().toString(),
                                "w1",
                                EventType.COMPLETED,
                                new JsonObject()));
            }
            return messages;
        });
        new AlertAggregator(database, config, Set.of(HttpChannel.CALLBACK), InstantSource.system()).gather();
    }

    private static HttpChannel channel(Receiver target, AlertConfig config) {
        return new HttpChannel(
                HttpChannel.CALLBACK,
                Objects.requireNonNull(target.url()),
                target.secret(),
                target.concurrency(),
                config.timeout(),
                Egress.DIRECT,
                InstantSource.system());
    }

    private static AlertConfig config(Receiver callback) {
        return new AlertConfig(
                Duration.ofSeconds(10),
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                Duration.ofHours(24),
                new Receiver(null, "", 1),
                callback,
                false,
                new AlertConfig.Email(List.of(), "", "", 25, "", "", AlertConfig.Tls.NONE));
    }
}
