package avatarmonitor.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Context of the measurements. */
record Bench(Options options, Server server, Results results) {
    private static final Duration FAR_ONE_WAY = Duration.ofNanos(500_000);

    /** Work in parallel with a trial. */
    interface Beside {
        void run(String url) throws Exception;
    }

    /** Runs the processes of a trial on a new database. Returns the results of each process. */
    List<Figures> run(Trial trial) throws Exception {
        return run(trial, url -> {});
    }

    List<Figures> run(Trial trial, Beside beside) throws Exception {
        String url = server.create(trial.kind().stockIndexes());
        List<String> warmUps = new ArrayList<>();
        try (DelayLine line = trial.far() ? DelayLine.before(server.port(), FAR_ONE_WAY) : null) {
            if (trial.task() == Order.Task.STEADY) {
                server.countStatements(url);
            }
            String reached = line == null ? url : server.through(url, line.port());
            List<Order> orders = new ArrayList<>();
            for (int worker = 0; worker < trial.workers(); worker++) {
                String warmUp = server.create(trial.kind().stockIndexes());
                warmUps.add(warmUp);
                orders.add(new Order(
                        trial.kind(),
                        trial.task(),
                        reached,
                        warmUp,
                        options.warmUp(),
                        options.warmUpSeconds(),
                        trial.triggers(),
                        // The last one inserts the triggers, when all others are ready: after a minute a backlog is
                        // overdue.
                        worker == trial.workers() - 1,
                        trial.boxSeconds(),
                        trial.tuning()));
            }
            server.settle();
            return RunProcess.together(orders, () -> dropAll(warmUps), () -> beside.run(url));
        } finally {
            dropAll(warmUps);
            server.drop(url);
        }
    }

    /** Drops databases before the measurement: the server would otherwise vacuum and log them meanwhile. */
    private void dropAll(List<String> warmUps) throws SQLException {
        while (!warmUps.isEmpty()) {
            server.drop(warmUps.remove(warmUps.size() - 1));
        }
    }

    void note(String format, Object... values) {
        results.note(String.format(Locale.ROOT, format, values));
    }

    /** Prints the progress of the run. */
    void progress(String measure, int round, String contestant, String format, Object... values) {
        System.out.printf(
                Locale.ROOT,
                "%-40s round %d  %-30s %s%n",
                measure,
                round,
                contestant,
                String.format(Locale.ROOT, format, values));
    }

    static Usage usage(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            return Usage.of(connection);
        }
    }
}
