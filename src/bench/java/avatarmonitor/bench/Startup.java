package avatarmonitor.bench;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.migration.Migrations;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Restart of a worker of a release with 1,000 monitored avatars: time from its launch to the first request to fal, and
 * resident memory after a check of each avatar. For each Java of the variable {@code JAVA_HOMES} (separated by colons;
 * by default the one that runs this), on H2 and PostgreSQL, without and with the class archive. The command in the
 * variable {@code STARTUP_WITH}, such as {@code chrt -f 1}, starts the worker: with a real-time priority it has the
 * processors for itself on a busy machine.
 */
final class Startup implements Measure {
    private static final int AVATARS = 1_000;
    private static final int BOX_SECONDS = 180;
    private static final int ARCHIVE_SECONDS = 300;
    private static final int ANSWER_THREADS = 16;
    private static final int ACCEPTED = 202;
    private static final byte[] IN_PROGRESS = "{\"status\":\"IN_PROGRESS\"}".getBytes(StandardCharsets.UTF_8);

    @Override
    public String name() {
        return "startup";
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public void run(Bench bench) throws Exception {
        Path top = Files.createTempDirectory(bench.options().directory(), "startup-");
        Path launcher = install(top);
        String h2 = "jdbc:h2:file:" + top.resolve("data").resolve("bench");
        String postgres = bench.server().create(false);
        try {
            for (String url : List.of(h2, postgres)) {
                handOver(url);
                // The first worker schedules the avatars, so measured ones find their triggers.
                try (Fal fal = new Fal();
                        Program first = worker(launcher, top, javaHomes().get(0), top, url, fal)) {
                    if (!first.await(BOX_SECONDS, () -> fal.answers.get() >= AVATARS)) {
                        throw new IllegalStateException("fewer than " + AVATARS + " checks: " + first.output());
                    }
                }
            }
            for (int round = 1; round <= bench.options().rounds(); round++) {
                for (String java : javaHomes()) {
                    for (boolean archived : new boolean[] {false, true}) {
                        Path cache = archived ? archive(launcher, top, java) : top;
                        for (String url : List.of(h2, postgres)) {
                            measure(bench, round, launcher, top, java, cache, url, archived);
                        }
                    }
                }
            }
        } finally {
            bench.server().drop(postgres);
        }
        bench.note(
                "startup: %,d avatars monitored before; interval 20 s, 100 requests a second; memory is VmRSS after %,d answers.",
                AVATARS, AVATARS);
    }

    private void measure(
            Bench bench, int round, Path launcher, Path top, String java, Path cache, String url, boolean archived)
            throws Exception {
        String contestant = "java-" + version(java) + (archived ? "-archive" : "");
        String what = name() + (url.startsWith("jdbc:h2") ? "_h2" : "_postgresql");
        try (Fal fal = new Fal()) {
            long began = System.nanoTime();
            try (Program worker = worker(launcher, top, java, cache, url, fal)) {
                if (!worker.await(BOX_SECONDS, () -> fal.answers.get() >= AVATARS)) {
                    throw new IllegalStateException("fewer than " + AVATARS + " checks: " + worker.output());
                }
                double millis = (fal.first.get() - began) / 1e6;
                double resident = worker.residentMegabytes();
                bench.results().add(what + "_first_check", contestant, millis, "ms");
                bench.results().add(what + "_resident", contestant, resident, "MB");
                bench.progress(what, round, contestant, "first check %.0f ms, %.0f MB resident", millis, resident);
            }
        }
    }

    /** Installs the files like the zip of a release. */
    private static Path install(Path top) throws IOException {
        Path bin = Files.createDirectories(top.resolve("bin"));
        Path lib = Files.createDirectories(top.resolve("lib"));
        Files.copy(Program.jar(), lib.resolve("avatar-monitor.jar"));
        for (String script : List.of("avatar-monitor", "prepare-cache")) {
            Path copy = Files.copy(Path.of("src/release/bin", script), bin.resolve(script));
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return bin.resolve("avatar-monitor");
    }

    private static List<String> javaHomes() {
        List<String> named = words("JAVA_HOMES", File.pathSeparator);
        return named.isEmpty() ? List.of(System.getProperty("java.home")) : named;
    }

    private static List<String> words(String variable, String separator) {
        String named = System.getenv(variable);
        return named == null || named.isBlank() ? List.of() : List.of(named.split(separator, -1));
    }

    private static String version(String java) throws IOException {
        return Files.readAllLines(Path.of(java, "release")).stream()
                .filter(line -> line.startsWith("JAVA_VERSION="))
                .map(line -> line.replaceAll("JAVA_VERSION=\"(\\d+).*", "$1"))
                .findFirst()
                .orElse("unknown");
    }

    /** Returns the class archive of one Java; creates it once. */
    private static Path archive(Path launcher, Path top, String java) throws Exception {
        Path cache = top.resolve("cache-" + version(java));
        if (Files.notExists(cache)) {
            Files.createDirectories(cache);
            Map<String, String> environment =
                    Map.of("PATH", System.getenv("PATH"), "JAVA_HOME", java, "AVATAR_MONITOR_CACHE", cache.toString());
            try (Program prepare = Program.launch(
                    List.of(launcher.resolveSibling("prepare-cache").toString()), top, environment)) {
                prepare.awaitEnd(ARCHIVE_SECONDS);
            }
        }
        return cache;
    }

    private static Program worker(Path launcher, Path top, String java, Path cache, String url, Fal fal)
            throws IOException {
        Map<String, String> environment = new TreeMap<>();
        environment.put("PATH", System.getenv("PATH"));
        environment.put("JAVA_HOME", java);
        environment.put("AVATAR_MONITOR_CACHE", cache.toString());
        environment.put("AVATAR_MONITOR_DB_URL", url);
        environment.put("AVATAR_MONITOR_FAL_BASE_URL", fal.address());
        environment.put("AVATAR_MONITOR_FAL_KEY", "any:key");
        environment.put("AVATAR_MONITOR_FAL_REQUESTS_PER_SECOND", "100");
        environment.put("AVATAR_MONITOR_MONITOR_INTERVAL", "20s");
        List<String> command = new ArrayList<>(words("STARTUP_WITH", " "));
        command.add(launcher.toString());
        return Program.launch(command, top, environment, "worker");
    }

    private static void handOver(String url) {
        try (Database database = Database.open(new StoreConfig(url, "", "", 2))) {
            Migrations.runCreatingAvatars(database);
            database.inTransaction(connection -> {
                try (PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at, updated_at)
                        VALUES (?, 'Ada', 'PORTRAIT', 'TRAINING', ?, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)""")) {
                    for (int i = 0; i < AVATARS; i++) {
                        insert.setObject(1, UUID.randomUUID());
                        insert.setString(2, UUID.randomUUID().toString());
                        insert.addBatch();
                    }
                    return insert.executeBatch().length;
                }
            });
        }
    }

    /** Local fal queue in which no training ends; records the time of its first request. */
    private static final class Fal implements AutoCloseable {
        private final HttpServer server;
        private final ExecutorService threads = Executors.newFixedThreadPool(ANSWER_THREADS);
        private final AtomicLong first = new AtomicLong();
        private final AtomicInteger answers = new AtomicInteger();

        Fal() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                first.compareAndSet(0, System.nanoTime());
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(ACCEPTED, IN_PROGRESS.length);
                exchange.getResponseBody().write(IN_PROGRESS);
                exchange.close();
                answers.incrementAndGet();
            });
            server.start();
        }

        String address() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
