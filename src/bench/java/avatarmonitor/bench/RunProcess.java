package avatarmonitor.bench;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;

/** Process of a {@link Run}. It is killed when it takes too long. */
final class RunProcess implements AutoCloseable {
    private static final long LONGEST_MILLIS = 900_000;

    private final Order order;
    private final Process process;
    private final BufferedReader output;
    private final Timer limit = new Timer("limit", true);

    private RunProcess(Order order, Process process) {
        this.order = order;
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        limit.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        process.destroyForcibly();
                    }
                },
                LONGEST_MILLIS);
    }

    static RunProcess start(Order order) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Run.class.getName(),
                        new Gson().toJson(order))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new RunProcess(order, process);
    }

    /** Waits until it is ready to start. */
    void awaitReady() throws IOException {
        lineThat(Run.READY);
    }

    void begin() throws IOException {
        OutputStream input = process.getOutputStream();
        input.write('\n');
        input.flush();
    }

    /** Waits for its end. */
    Figures figures() throws IOException {
        String line = lineThat(Run.FIGURES);
        return new Figures(
                new Gson().fromJson(line.substring(Run.FIGURES.length()), new TypeToken<Map<String, Double>>() {}));
    }

    /** Skips the output of libraries. */
    private String lineThat(String start) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(start)) {
                return line;
            }
        }
        throw new IllegalStateException("ended before its time: " + order);
    }

    /** Work before they start, or in parallel. */
    interface Beside {
        void run() throws Exception;
    }

    /** Runs several cooperating processes; returns the results of each. */
    static List<Figures> together(List<Order> orders, Beside before, Beside beside) throws Exception {
        List<RunProcess> all = new ArrayList<>();
        try {
            for (Order order : orders) {
                RunProcess process = start(order);
                all.add(process);
                process.awaitReady();
            }
            before.run();
            for (RunProcess process : all) {
                process.begin();
            }
            beside.run();
            List<Figures> figures = new ArrayList<>();
            for (RunProcess process : all) {
                figures.add(process.figures());
            }
            return figures;
        } finally {
            all.forEach(RunProcess::close);
        }
    }

    @Override
    public void close() {
        limit.cancel();
        process.destroyForcibly();
    }
}
