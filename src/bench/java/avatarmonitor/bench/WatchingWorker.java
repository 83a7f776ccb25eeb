package avatarmonitor.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A worker process as in production, and what its metrics tell. */
final class WatchingWorker implements AutoCloseable {
    private static final int START_SECONDS = 60;

    /** Tried in this order: the first is wanted, the others are for a program that allows no more. */
    private static final List<Map<String, String>> LOADS = List.of(
            Map.of("FAL_REQUESTS_PER_SECOND", "4000", "WORKER_CONCURRENCY", "400"),
            Map.of("FAL_REQUESTS_PER_SECOND", "4000", "WORKER_CONCURRENCY", "100", "DB_POOL_SIZE", "106"),
            Map.of("FAL_REQUESTS_PER_SECOND", "100", "WORKER_CONCURRENCY", "100", "DB_POOL_SIZE", "106"));

    private final Program program;
    private final URI metrics;
    private final String load;
    private final HttpClient http = HttpClient.newHttpClient();

    private WatchingWorker(Program program, URI metrics, String load) {
        this.program = program;
        this.metrics = metrics;
        this.load = load;
    }

    /** Returns when it fires. */
    static WatchingWorker start(Path directory, String databaseUrl, LocalFal fal)
            throws IOException, InterruptedException {
        String refusal = "";
        for (Map<String, String> load : LOADS) {
            int port = freePort();
            Map<String, String> environment = new TreeMap<>();
            Map<String, String> all = new TreeMap<>(Map.of(
                    "DB_URL",
                    databaseUrl,
                    "FAL_BASE_URL",
                    fal.address(),
                    "FAL_KEY",
                    "any:key",
                    "HTTP_PORT",
                    Integer.toString(port)));
            all.putAll(load);
            all.forEach((key, value) -> environment.put("AVATAR_MONITOR_" + key, value));
            Program program = Program.start(directory, environment, "worker");
            if (program.await(START_SECONDS, () -> program.output().contains("worker started"))) {
                return new WatchingWorker(
                        program, URI.create("http://127.0.0.1:" + port + "/metrics"), new TreeMap<>(load).toString());
            }
            refusal = program.output();
            program.close();
        }
        throw new IllegalStateException("no worker starts: " + refusal);
    }

    /** Under which settings it works. */
    String load() {
        return load;
    }

    Program program() {
        return program;
    }

    /** All metrics of this name, whatever their labels, added up. */
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
