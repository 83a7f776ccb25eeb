package avatarmonitor.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A worker process as in production, and its metrics. */
final class WatchingWorker implements AutoCloseable {
    private static final int START_SECONDS = 60;

    /**
     * Requests for a hundred thousand avatars, and 1.8 times as many to catch up; this number of connections is always
     * sufficient.
     */
    private static final Map<String, String> LOAD = Map.of(
            "FAL_REQUESTS_PER_SECOND", "3000",
            "WORKER_CONCURRENCY", "400",
            "DB_POOL_SIZE", "38");

    private final Program program;
    private final URI metrics;
    private final HttpClient http = HttpClient.newHttpClient();

    private WatchingWorker(Program program, URI metrics) {
        this.program = program;
        this.metrics = metrics;
    }

    /**
     * Returns when it fires.
     *
     * @param own keys in addition to those of {@link #load()}, or other values for them
     */
    static WatchingWorker start(Path directory, String databaseUrl, LocalFal fal, Map<String, String> own)
            throws IOException, InterruptedException {
        int port = freePort();
        Map<String, String> keys = new TreeMap<>(LOAD);
        keys.putAll(Map.of(
                "DB_URL",
                databaseUrl,
                "FAL_BASE_URL",
                fal.address(),
                "FAL_KEY",
                "any:key",
                "HTTP_PORT",
                Integer.toString(port)));
        keys.putAll(own);
        Map<String, String> environment = new TreeMap<>();
        keys.forEach((key, value) -> environment.put("AVATAR_MONITOR_" + key, value));
        Program program = Program.start(directory, environment, "worker");
        if (!program.await(START_SECONDS, () -> program.output().contains("worker started"))) {
            program.close();
            throw new IllegalStateException("the worker does not start: " + program.output());
        }
        return new WatchingWorker(program, URI.create("http://127.0.0.1:" + port + "/metrics"));
    }

    /** Settings of the worker. */
    static String load() {
        return new TreeMap<>(LOAD).toString();
    }

    Program program() {
        return program;
    }

    /** Returns the sum of all metrics with this name, whatever their labels. */
    double metric(String name) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(metrics).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    double checks() throws IOException, InterruptedException {
        return metric("avatar_monitor_checks_total");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws InterruptedException {
        program.close();
    }
}
