package avatarmonitor.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** What measures work with. */
record Bench(Options options, Server server, Results results) {

    /** Runs a process on databases made for it. */
    Figures run(Kind kind, Order.Task task, int triggers, int boxSeconds) throws IOException, SQLException {
        String warmUp = server.create(kind.stockIndexes());
        String url = server.create(kind.stockIndexes());
        try {
            if (task == Order.Task.STEADY) {
                server.countStatements(url);
            }
            server.settle();
            Order order = new Order(kind, task, url, warmUp, options.warmUp(), triggers, true, boxSeconds);
            return RunProcess.together(List.of(order)).get(0);
        } finally {
            server.drop(warmUp);
            server.drop(url);
        }
    }

    /** Says on the terminal how far the run is. */
    void progress(String measure, int round, String contestant, String figure) {
        System.out.printf("%-36s round %d  %-30s %s%n", measure, round, contestant, figure);
    }
}
