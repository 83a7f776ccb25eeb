package avatarmonitor.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The command {@code worker} in its own process, started as from the command line. */
final class WorkerProcess {
    /** Longest wait for the exit of a killed process. */
    private static final Duration KILL_WAIT = Duration.ofSeconds(5);

    /**
     * Prefixes of environment variables that the worker does not inherit: settings of the user's own worker and the
     * user's fal key.
     */
    private static final List<String> NOT_INHERITED = List.of("AVATAR_MONITOR_", "FAL_");

    private final Process process;

    private WorkerProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts the worker in the directory, which holds no configuration file of the user.
     *
     * @param settings environment variables of the process
     */
    static WorkerProcess start(DemoDirectory directory, Map<String, String> settings) {
        ProcessBuilder builder = new ProcessBuilder(
                java(),
                // Keeps temporary and performance data files inside the directory, even after SIGKILL.
                "-Djava.io.tmpdir=" + directory.path(),
                "-XX:-UsePerfData",
                "-cp",
                classPath(),
                "avatarmonitor.Main",
                "worker");
        builder.environment().keySet().removeIf(name -> NOT_INHERITED.stream().anyMatch(name::startsWith));
        builder.environment().putAll(settings);
        File log = directory.workerLog().toFile();
        builder.directory(directory.path().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        try {
            return new WorkerProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the worker: " + e.getMessage(), e);
        }
    }

    private static String java() {
        return ProcessHandle.current()
                .info()
                .command()
                .orElseGet(() ->
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }

    /** Absolute, since the worker runs in another directory. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Kills the process with SIGKILL and waits for its exit. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(KILL_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("worker outlives SIGKILL, pid " + process.pid());
        }
    }

    /** Sends SIGTERM and waits; returns whether the process ended with exit code 0 within the time. */
    boolean stop(Duration timeout) throws InterruptedException {
        process.destroy();
        boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        // On systems without SIGTERM the exit code of an orderly stop is not available.
        return ended && (process.exitValue() == 0 || !process.supportsNormalTermination());
    }
}
