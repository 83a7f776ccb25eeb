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

/** The command {@code worker} in a process of its own, started as a person would start it. */
final class WorkerProcess {
    /** How long a killed process may take to be gone. */
    private static final Duration KILL_WAIT = Duration.ofSeconds(5);

    /** Settings of the user's own worker, and the key of the user's fal account, are no business of the demo's. */
    private static final List<String> NOT_INHERITED = List.of("AVATAR_MONITOR_", "FAL_");

    private final Process process;

    private WorkerProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts it in the directory, where no configuration file of the user's is.
     *
     * @param settings environment variables for it
     */
    static WorkerProcess start(DemoDirectory directory, Map<String, String> settings) {
        ProcessBuilder builder = new ProcessBuilder(
                java(),
                // Neither a temporary file nor a performance file outside the directory, even after SIGKILL.
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

    /** SIGKILL: it has no chance to put anything in order. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(KILL_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("worker outlives SIGKILL, pid " + process.pid());
        }
    }

    /** SIGTERM, then waits; returns whether it ended with exit code 0 within the time. */
    boolean stop(Duration patience) throws InterruptedException {
        process.destroy();
        boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        // Where there is no SIGTERM, the exit code of an orderly stop cannot be had.
        return ended && (process.exitValue() == 0 || !process.supportsNormalTermination());
    }
}
