package avatarmonitor.bench;

import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * One contestant in a separate process. Warms up, gets ready, reports that on its output, starts on a line of input,
 * and prints its results.
 */
final class Run {
    static final String READY = "READY";
    static final String FIGURES = "FIGURES ";

    private static final int SETTLE_SECONDS = 10;
    private static final long SPREAD_MILLIS = 60_000;
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final Order order;
    private final Map<String, Double> figures = new TreeMap<>();

    private Run(Order order) {
        this.order = order;
    }

    public static void main(String[] arguments) throws Exception {
        Run run = new Run(new Gson().fromJson(arguments[0], Order.class));
        switch (run.order.task()) {
            case BACKLOG -> run.backlog();
            case STEADY -> run.steady();
            case STORE -> run.store();
        }
        System.out.println(FIGURES + new Gson().toJson(run.figures));
        System.out.flush();
        System.exit(0);
    }

    private void backlog() throws Exception {
        warmUpByFiring();
        try (Connection connection = DriverManager.getConnection(order.url())) {
            Contestant contestant = order.kind().open(order.url(), order.tuning());
            plant(contestant, connection, 0);
            Fires fires = new Fires(order.triggers());
            awaitWord();
            long started = System.nanoTime();
            contestant.start(fires);
            boolean through = awaitFired(
                    fires, order.triggers(), started, order.boxSeconds(), () -> contestant.counted(connection));
            // One of several workers may have come too late to fire any.
            long end = !through ? System.nanoTime() : fires.total() == 0 ? started : fires.lastNanos();
            double seconds = (end - started) / 1e9;
            long fired = fires.total();
            contestant.stop();
            figures.put("seconds", seconds);
            figures.put("fires_until_end", (double) fired);
            // Some may have fired during the stop.
            figures.put("fires", (double) fires.total());
            figures.put("distinct", (double) fires.distinct());
            figures.put("unfinished", (double) contestant.unfinished(connection));
            figures.put("counted", (double) contestant.counted(connection));
        }
    }

    private void steady() throws Exception {
        warmUpByFiring();
        try (Connection connection = DriverManager.getConnection(order.url())) {
            Contestant contestant = order.kind().open(order.url(), order.tuning());
            plant(contestant, connection, SPREAD_MILLIS);
            Fires fires = new Fires(order.triggers());
            awaitWord();
            contestant.start(fires);
            rest(TimeUnit.SECONDS.toNanos(SETTLE_SECONDS));
            fires.forgetLateness();
            long firedBefore = fires.total();
            Usage before = Usage.of(connection);
            long started = System.nanoTime();
            rest(TimeUnit.SECONDS.toNanos(order.boxSeconds()));
            double seconds = (System.nanoTime() - started) / 1e9;
            long fired = fires.total() - firedBefore;
            Usage used = Usage.of(connection).since(before);
            figures.put("fires", (double) fired);
            figures.put("share_of_due", fired / (order.triggers() * seconds * 1000 / SPREAD_MILLIS));
            figures.put("late_p50_ms", (double) fires.lateMillis(0.5));
            figures.put("late_p95_ms", (double) fires.lateMillis(0.95));
            figures.put("late_p99_ms", (double) fires.lateMillis(0.99));
            figures.put("late_max_ms", (double) fires.lateMillis(1));
            figures.put("early_max_ms", (double) fires.earliestMillis());
            figures.put("statements_per_fire", (double) used.statements() / fired);
            figures.put("commits_per_fire", (double) used.commits() / fired);
            figures.put("wal_bytes_per_fire", (double) used.walBytes() / fired);
            contestant.stop();
            figures.put("unfinished", (double) contestant.unfinished(connection));
        }
    }

    private void store() throws Exception {
        Contestant warm = order.kind().open(order.warmUpUrl(), order.tuning());
        try (Connection connection = DriverManager.getConnection(order.warmUpUrl())) {
            warm.prepare(connection);
        }
        storeAll(warm, order.warmUp(), order.warmUpSeconds());
        warm.stop();

        Contestant contestant = order.kind().open(order.url(), order.tuning());
        try (Connection connection = DriverManager.getConnection(order.url())) {
            contestant.prepare(connection);
        }
        awaitWord();
        long started = System.nanoTime();
        int stored = storeAll(contestant, order.triggers(), order.boxSeconds());
        double seconds = (System.nanoTime() - started) / 1e9;
        contestant.stop();
        figures.put("stored", (double) stored);
        figures.put("seconds", seconds);
        figures.put("stored_per_second", stored / seconds);
    }

    /** Returns how many were stored before the time was over. */
    private static int storeAll(Contestant contestant, int triggers, int boxSeconds) throws Exception {
        Instant first = Instant.now().plusSeconds(60);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(boxSeconds);
        int stored = 0;
        while (stored < triggers && System.nanoTime() < end) {
            int until = (int) Math.min(triggers, (long) stored + contestant.storedAtOnce());
            List<String> names = new ArrayList<>();
            List<Instant> due = new ArrayList<>();
            IntStream.rangeClosed(stored + 1, until).forEach(n -> {
                names.add(Names.of(n));
                due.add(first.plusMillis(Names.offsetMillis(n, SPREAD_MILLIS)));
            });
            contestant.store(names, due);
            stored = until;
        }
        return stored;
    }

    /** Compiles code and fills caches before the measurement. */
    private void warmUpByFiring() throws Exception {
        Contestant contestant = order.kind().open(order.warmUpUrl(), order.tuning());
        try (Connection connection = DriverManager.getConnection(order.warmUpUrl())) {
            contestant.prepare(connection);
            contestant.plant(connection, order.warmUp(), Instant.now(), 0);
            Fires fires = new Fires(order.warmUp());
            long started = System.nanoTime();
            contestant.start(fires);
            awaitFired(fires, order.warmUp(), started, order.warmUpSeconds(), () -> contestant.counted(connection));
            contestant.stop();
        }
    }

    private void plant(Contestant contestant, Connection connection, long spreadMillis) throws SQLException {
        if (order.plant()) {
            contestant.prepare(connection);
            contestant.plant(connection, order.triggers(), Instant.now(), spreadMillis);
            try (Statement statement = connection.createStatement()) {
                statement.execute("CHECKPOINT");
            }
        }
    }

    /**
     * Waits until all have fired, or the time is over. A process that fires nothing for a while queries the database
     * for the fires of others; a slow one may only be busy with its next batch.
     *
     * @return whether all have fired
     */
    private static boolean awaitFired(Fires fires, int wanted, long started, int boxSeconds, Count counted)
            throws SQLException {
        long end = started + TimeUnit.SECONDS.toNanos(boxSeconds);
        long asked = started;
        while (fires.distinct() < wanted) {
            long now = System.nanoTime();
            if (now >= end) {
                return false;
            }
            boolean quiet = now - asked > QUIET_NANOS && (fires.total() == 0 || now - fires.lastNanos() > QUIET_NANOS);
            if (quiet) {
                asked = now;
                if (counted.get() >= wanted) {
                    return true;
                }
            }
            rest(LOOK_NANOS);
        }
        return true;
    }

    private interface Count {
        long get() throws SQLException;
    }

    private static void rest(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void awaitWord() throws IOException {
        System.out.println(READY);
        System.out.flush();
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    }
}
