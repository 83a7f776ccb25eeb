package avatarmonitor.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Ten minutes of 1,667 fires a second: measures whether tables and indexes stay as small as vacuum can keep them. */
final class Bloat implements Measure {
    private static final int TRIGGERS = 100_000;
    private static final int MINUTES = 10;
    private static final int SAMPLE_SECONDS = 30;
    private static final String OWN = Kind.AVATAR_MONITOR.label();

    @Override
    public String name() {
        return "bloat_" + MINUTES + "_minutes";
    }

    @Override
    public boolean quick() {
        return false;
    }

    @Override
    public void run(Bench bench) throws Exception {
        List<Map<String, Long>> samples = new ArrayList<>();
        Trial trial = Trial.of(Kind.AVATAR_MONITOR, Order.Task.STEADY, TRIGGERS, MINUTES * 60);
        Figures figures = bench.run(trial, url -> sample(url, samples, bench)).get(0);
        write(samples, bench.options().directory().resolve("bloat.csv"));
        Results results = bench.results();
        for (String relation : samples.get(0).keySet()) {
            results.add(name() + "_start", relation, megabytes(samples.get(0), relation), "MB");
            results.add(name() + "_half", relation, megabytes(samples.get(samples.size() / 2), relation), "MB");
            results.add(name() + "_end", relation, megabytes(samples.get(samples.size() - 1), relation), "MB");
        }
        results.add(name() + "_late_p99", OWN, figures.get("late_p99_ms"), "ms");
        results.add(name() + "_fires", OWN, figures.get("fires"), "fires");
        bench.note("%s: one round; a sample each %d s is in bloat.csv beside this.", name(), SAMPLE_SECONDS);
    }

    private void sample(String url, List<Map<String, Long>> samples, Bench bench) throws Exception {
        long started = System.nanoTime();
        try (Connection connection = DriverManager.getConnection(url)) {
            for (int seconds = 0; seconds <= MINUTES * 60; seconds += SAMPLE_SECONDS) {
                long due = started + TimeUnit.SECONDS.toNanos(seconds);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                Map<String, Long> now = sizes(connection);
                samples.add(now);
                long all = now.values().stream().mapToLong(Long::longValue).sum();
                bench.progress(name(), 1, OWN, "%d s: %.1f MB", seconds, all / 1e6);
            }
        }
    }

    private static Map<String, Long> sizes(Connection connection) throws Exception {
        Map<String, Long> sizes = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT relname, pg_relation_size(oid) FROM pg_class
                        WHERE relkind IN ('r', 'i') AND relname ~ 'qrtz_(t|triggers|simple_triggers|fired_triggers|ft)(_|$)'
                        ORDER BY relkind DESC, relname""")) {
            while (rows.next()) {
                sizes.put(rows.getString(1), rows.getLong(2));
            }
        }
        return sizes;
    }

    private static double megabytes(Map<String, Long> sample, String relation) {
        return sample.getOrDefault(relation, 0L) / 1e6;
    }

    private static void write(List<Map<String, Long>> samples, Path file) throws Exception {
        List<String> lines = new ArrayList<>();
        lines.add("seconds," + String.join(",", samples.get(0).keySet()));
        for (int i = 0; i < samples.size(); i++) {
            List<String> values =
                    samples.get(i).values().stream().map(String::valueOf).toList();
            lines.add(i * SAMPLE_SECONDS + "," + String.join(",", values));
        }
        Files.write(file, lines);
    }
}
