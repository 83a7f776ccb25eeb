package avatarmonitor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One run of the packaged program, as a user starts it. Closing stops it in order, or by force when it takes too long.
 */
final class Program implements AutoCloseable {
    private static final Path JAR = Path.of("target", "avatar-monitor.jar").toAbsolutePath();
    private static final long STOP_SECONDS = 30;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Process process;
    private final Path log;

    private Program(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** @param environment complete environment of the process */
    static Program start(Path directory, Map<String, String> environment, String... arguments) throws IOException {
        if (!Files.isRegularFile(JAR)) {
            throw new IllegalStateException("no packaged program at " + JAR + ": mvn package makes it");
        }
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        // Like a large worker: the optimizing compiler, and a heap size that the JVM chooses.
        command.addAll(List.of("-XX:+UseSerialGC", "-jar", JAR.toString()));
        return start(directory, environment, command, arguments);
    }

    /**
     * Starts a program through the launcher of a release.
     *
     * @param launcher command that starts it, with {@code bin/avatar-monitor} or {@code bin/prepare-cache} at its end
     */
    static Program launch(List<String> launcher, Path directory, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(directory, environment, launcher, arguments);
    }

    /** Path of the packaged program. */
    static Path jar() {
        return JAR;
    }

    private static Program start(
            Path directory, Map<String, String> environment, List<String> program, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(arguments));
        Path log = directory.resolve((arguments.length == 0 ? "program" : arguments[0]) + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new Program(builder.start(), log);
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * Polls until the condition holds.
     *
     * @return false when the time was over or the program ended
     */
    boolean await(int seconds, BooleanSupplier done) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!done.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    /** @throws IllegalStateException when it has not ended successfully by then */
    void awaitEnd(int seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("no success after " + seconds + " s: " + output());
        }
    }

    /** {@code VmRSS}: pages in memory, shared ones included. */
    double residentMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                        .filter(line -> line.startsWith("VmRSS"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow()
                / 1024.0;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
