package avatarmonitor.cluster;

import avatarmonitor.process.WorkerProcess;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Samples of a long run, written to {@code target/soak}: resources of each worker, size of each table, and what must
 * never be: unmonitored trainings, triggers of ended avatars, a second end.
 */
final class SoakSamples implements AutoCloseable {
    private static final Path DIRECTORY = Path.of("target", "soak");
    private static final long MEGABYTE = 1L << 20;

    /** Time after which an inconsistency is a fault and not work in progress. */
    private final Duration grace;

    private final Cluster cluster;
    private final Duration every;
    private final Instant started = Instant.now();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<Resources> resources = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<String, Integer> events = new TreeMap<>();
    private long lastEvent;
    private volatile Duration end = Duration.ZERO;
    private volatile boolean over;
    private @Nullable Thread thread;

    /** One worker at one moment; {@code heap} is -1 while it does not answer. */
    record Resources(
            Duration at, String member, int pid, double rss, double heap, int threads, int files, int connections) {}

    /** One table at one moment, in rows and megabytes with its indexes. */
    record Table(Duration at, String name, long rows, long dead, double size) {}

    SoakSamples(Cluster cluster, Duration every, Duration grace) {
        this.cluster = cluster;
        this.every = every;
        this.grace = grace;
        try {
            Files.createDirectories(DIRECTORY);
            Files.writeString(
                    DIRECTORY.resolve("workers.csv"), "seconds,member,pid,rss_mb,heap_mb,threads,files,connections\n");
            Files.writeString(DIRECTORY.resolve("tables.csv"), "seconds,table,rows,dead_rows,mb\n");
            Files.writeString(
                    DIRECTORY.resolve("state.csv"),
                    "seconds,training,triggers,unmonitored,ended_with_trigger,overdue_seconds,written_twice,told_twice,"
                            + "outbox,waiting_callbacks,firings\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start() {
        Thread sampler = new Thread(this::run, "soak-samples");
        sampler.setDaemon(true);
        sampler.start();
        thread = sampler;
    }

    private void run() {
        long next = System.nanoTime();
        while (!over) {
            try {
                sample();
            } catch (StoreException away) {
                System.out.println(at().toSeconds() + " s: no sample, the database is away");
            }
            next += every.toNanos();
            while (!over && System.nanoTime() < next) {
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            }
        }
    }

    private Duration at() {
        return Duration.between(started, Instant.now());
    }

    private void sample() {
        Duration at = at();
        sampleWorkers(at);
        sampleTables(at);
        sampleState(at);
        countEvents();
    }

    private void sampleWorkers(Duration at) {
        Map<String, Integer> connections = new TreeMap<>();
        for (String row :
                Sql.rows(cluster.database(), "SELECT application_name, count(*) FROM pg_stat_activity GROUP BY 1")) {
            connections.put(row.split("\\|", -1)[0], Integer.parseInt(row.split("\\|", -1)[1]));
        }
        for (Member member : cluster.members()) {
            WorkerProcess process = member.process();
            if (!process.isAlive()) {
                continue;
            }
            try {
                Resources seen = new Resources(
                        at,
                        member.name(),
                        (int) process.pid(),
                        process.residentBytes() / (double) MEGABYTE,
                        heap(member),
                        process.threads(),
                        process.openFiles(),
                        connections.getOrDefault(member.name(), 0));
                resources.add(seen);
                append(
                        "workers.csv",
                        at.toSeconds(),
                        seen.member,
                        seen.pid,
                        Math.round(seen.rss),
                        Math.round(seen.heap),
                        seen.threads,
                        seen.files,
                        seen.connections);
            } catch (UncheckedIOException | IllegalStateException ended) {
                // It was killed during the sample.
            }
        }
    }

    /** Used heap in megabytes by the worker's metrics, or -1. */
    private double heap(Member member) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + member.httpPort() + "/metrics"))
                            .timeout(Duration.ofSeconds(3))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.body()
                            .lines()
                            .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
                            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                            .sum()
                    / MEGABYTE;
        } catch (IOException frozen) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private void sampleTables(Duration at) {
        for (String name : Sql.rows(cluster.database(), """
                SELECT relname FROM pg_stat_user_tables
                WHERE relname LIKE 'qrtz%' OR relname LIKE 'avatar%' AND relname <> 'avatar_audit' ORDER BY 1""")) {
            String[] row =
                    Sql.rows(cluster.database(), """
                            SELECT (SELECT count(*) FROM %1$s), n_dead_tup, pg_total_relation_size(relid)
                            FROM pg_stat_user_tables WHERE relname = '%1$s'""".formatted(name)).get(0).split("\\|", -1);
            Table table = new Table(
                    at,
                    name,
                    Long.parseLong(row[0]),
                    Long.parseLong(row[1]),
                    Long.parseLong(row[2]) / (double) MEGABYTE);
            tables.add(table);
            append("tables.csv", at.toSeconds(), name, table.rows, table.dead, Math.round(table.size * 10) / 10.0);
        }
    }

    private void sampleState(Duration at) {
        Map<String, @Nullable String> state = new Avatars(cluster.database()).row("""
                SELECT (SELECT count(*) FROM avatars WHERE status = 'TRAINING') AS training,
                       (SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'avatar') AS triggers,
                       (SELECT count(*) FROM avatars a JOIN soak_expected e ON e.avatar_id = a.id
                        WHERE a.status = 'TRAINING' AND e.at < clock_timestamp() - make_interval(secs => %1$d)
                          AND NOT EXISTS (SELECT 1 FROM qrtz_triggers t WHERE t.trigger_group = 'avatar'
                                          AND t.trigger_name = a.id::text)) AS unmonitored,
                       (SELECT count(*) FROM avatar_audit w
                          JOIN qrtz_triggers t ON t.trigger_group = 'avatar' AND t.trigger_name = w.avatar_id::text
                        WHERE w.at < clock_timestamp() - make_interval(secs => %1$d)) AS ended_with_trigger,
                       (SELECT coalesce(max(extract(epoch FROM clock_timestamp()) - next_fire_time / 1000), 0)::int
                        FROM qrtz_triggers WHERE trigger_group = 'avatar') AS overdue,
                       (SELECT count(*) FROM (SELECT 1 FROM avatar_audit GROUP BY avatar_id HAVING count(*) > 1) x) AS written_twice,
                       (SELECT count(*) FROM (SELECT 1 FROM soak_told GROUP BY avatar_id HAVING count(*) > 1) x) AS told_twice,
                       (SELECT count(*) FROM avatar_monitor_outbox) AS outbox,
                       (SELECT count(*) FROM avatar_monitor_delivery WHERE state = 'waiting') AS waiting,
                       (SELECT count(*) FROM qrtz_fired_triggers) AS firings""".formatted(grace.toSeconds()));
        append("state.csv", at.toSeconds(), String.join(",", state.values()));
        for (String never : List.of("unmonitored", "ended_with_trigger", "written_twice", "told_twice")) {
            if (!"0".equals(state.get(never))) {
                violation(at, never + "=" + state.get(never));
            }
        }
    }

    private void countEvents() {
        for (String row : Sql.rows(
                cluster.database(), "SELECT id, type FROM avatar_event WHERE id > " + lastEvent + " ORDER BY id")) {
            String[] parts = row.split("\\|", -1);
            lastEvent = Long.parseLong(parts[0]);
            events.merge(parts[1], 1, Integer::sum);
        }
    }

    private void violation(Duration at, String what) {
        violations.add(at.toSeconds() + " s: " + what);
        System.out.println("VIOLATION " + at.toSeconds() + " s: " + what);
    }

    private static void append(String file, Object... values) {
        List<String> texts = new ArrayList<>();
        for (Object value : values) {
            texts.add(String.valueOf(value));
        }
        try {
            Files.writeString(DIRECTORY.resolve(file), String.join(",", texts) + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps the output of a worker beside the samples. */
    void keepLog(WorkerProcess process) {
        try {
            Files.writeString(DIRECTORY.resolve("worker-" + process.pid() + ".log"), process.output());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    /** Number of events by type, as far as samples saw them. */
    Map<String, Integer> events() {
        return Map.copyOf(events);
    }

    /** Samples of one member between two shares of the run, such as 0.75 and 1. */
    List<Resources> resources(String member, double from, double to) {
        return resources.stream()
                .filter(sample -> sample.member.equals(member))
                .filter(sample -> within(sample.at, from, to))
                .toList();
    }

    /** Largest value of a table between two shares of the run, by table name. */
    Map<String, Double> largest(ToDoubleFunction<Table> value, double from, double to) {
        Map<String, Double> largest = new TreeMap<>();
        tables.stream()
                .filter(sample -> within(sample.at, from, to))
                .forEach(sample -> largest.merge(sample.name, value.applyAsDouble(sample), Math::max));
        return largest;
    }

    private boolean within(Duration at, double from, double to) {
        double share = at.toMillis() / (double) end.toMillis();
        return share >= from && share <= to;
    }

    /** Least-squares slope of a value over the time of these samples, per hour. */
    static double perHour(List<Resources> samples, ToDoubleFunction<Resources> value) {
        double meanX =
                samples.stream().mapToDouble(s -> s.at.toMillis()).average().orElse(0);
        double meanY = samples.stream().mapToDouble(value).average().orElse(0);
        double above = 0;
        double below = 0;
        for (Resources sample : samples) {
            double x = sample.at.toMillis() - meanX;
            above += x * (value.applyAsDouble(sample) - meanY);
            below += x * x;
        }
        return below == 0 ? 0 : above / below * Duration.ofHours(1).toMillis();
    }

    @Override
    public void close() {
        if (!over) {
            over = true;
            end = at();
        }
        Thread sampler = thread;
        if (sampler != null) {
            try {
                sampler.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
