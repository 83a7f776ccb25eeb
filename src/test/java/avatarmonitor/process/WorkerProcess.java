package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One run of the packaged program, as a user starts it: {@code java -jar avatar-monitor.jar ...} in its own directory.
 */
public final class WorkerProcess {
    /** Long timeout: beside other tests a worker takes more than a minute to start on a busy machine. */
    public static final Duration START_MAX = Duration.ofMinutes(3);

    private final Process process;
    private final Path log;
    private final long startedNanos = System.nanoTime();

    /** Options of a release. Most processes live for seconds: full optimization would only waste processor time. */
    static final List<String> SHORT_LIFE = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private WorkerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts the program; returns before it has done anything.
     *
     * @param environment complete environment of the process
     */
    static WorkerProcess start(Path directory, Map<String, String> environment, String... arguments) {
        return java(directory, environment, packaged("-jar", jar().toString()), arguments);
    }

    /** Starts another build. */
    static WorkerProcess start(Path jar, Path directory, Map<String, String> environment, String... arguments) {
        return java(directory, environment, List.of("-jar", jar.toString()), arguments);
    }

    /** Starts another program in the jar. */
    static WorkerProcess start(Path directory, Class<?> program, String... arguments) {
        return java(directory, Map.of(), packaged("-cp", jar().toString(), program.getName()), arguments);
    }

    private static List<String> packaged(String... program) {
        List<String> options = new ArrayList<>(ClassArchive.options());
        options.addAll(List.of(program));
        return options;
    }

    /** Path of the packaged program. */
    static Path jar() {
        Path jar = Path.of(System.getProperty("avatarmonitor.jar", "target/avatar-monitor.jar"));
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("no packaged program at " + jar + ": mvn package makes it");
        }
        return jar.toAbsolutePath();
    }

    private static WorkerProcess java(
            Path directory, Map<String, String> environment, List<String> program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (!environment.containsKey("JDK_JAVA_OPTIONS")) {
            command.addAll(SHORT_LIFE);
        }
        command.addAll(program);
        command.addAll(List.of(arguments));
        try {
            Path log = Files.createTempFile(directory, "process-", ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            return new WorkerProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns everything printed so far, on both streams. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it fires checks. */
    public WorkerProcess awaitStarted() {
        return awaitOutput("worker started");
    }

    /** Waits for a text in its output. */
    WorkerProcess awaitOutput(String text) {
        // The last output of a finished process counts too.
        await().atMost(START_MAX).until(() -> output().contains(text) || !isAlive());
        assertThat(output()).contains(text);
        return this;
    }

    /** Waits for a condition; fails at once when the process ends before. */
    WorkerProcess awaitWhileAlive(BooleanSupplier done) {
        return awaitWhileAlive(START_MAX, done);
    }

    WorkerProcess awaitWhileAlive(Duration atMost, BooleanSupplier done) {
        await().atMost(atMost).until(() -> done.getAsBoolean() || !isAlive());
        assertThat(done.getAsBoolean()).as("done before the process ended").isTrue();
        return this;
    }

    public void sigterm() {
        signal("TERM");
    }

    /** Sends the signal of Ctrl-C. */
    void sigint() {
        signal("INT");
    }

    /** Freezes the process; its connections stay open. */
    public void sigstop() {
        signal("STOP");
    }

    public void sigcont() {
        signal("CONT");
    }

    public void sigkill() {
        process.toHandle().destroyForcibly();
        exitCode(START_MAX);
    }

    /** Waits for its end. */
    public int exitCode(Duration atMost) {
        try {
            assertThat(process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS))
                    .as("ends within %s; output: %s", atMost, output())
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    /** {@code VmRSS} of {@code /proc/PID/status}: pages in memory, shared ones included, in bytes. */
    public long residentBytes() {
        return statusLine("VmRSS")
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .orElseThrow(() -> new IllegalStateException("no VmRSS for process " + pid()));
    }

    public int threads() {
        return statusLine("Threads")
                .map(line -> Integer.parseInt(line.strip()))
                .orElseThrow(() -> new IllegalStateException("no Threads for process " + pid()));
    }

    public int openFiles() {
        String[] names = Path.of("/proc/" + pid() + "/fd").toFile().list();
        return names == null ? 0 : names.length;
    }

    /**
     * Returns whether it was started with SIGINT ignored, like children of background jobs; then the JVM does not
     * handle it.
     */
    boolean ignoresSigint() {
        long sigint = 1L << 1;
        return statusLine("SigIgn")
                .map(line -> (Long.parseUnsignedLong(line.strip(), 16) & sigint) != 0)
                .orElse(false);
    }

    private Optional<String> statusLine(String name) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(code).as("kill -%s", name).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
