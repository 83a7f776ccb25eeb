package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo as a user runs it: the packaged program in a separate process, in a directory with settings that must not
 * matter.
 */
class DemoIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Pattern WORKER = Pattern.compile("worker started, process (\\d+)");

    @TempDir
    private Path top = Path.of("");

    private Path directory = top;
    private Path temporary = top;
    private Path out = top;
    private Path err = top;
    private Optional<Process> demo = Optional.empty();

    @BeforeEach
    void prepare() throws IOException {
        directory = Files.createDirectory(top.resolve("work"));
        temporary = Files.createDirectory(top.resolve("temporary"));
        out = top.resolve("out.txt");
        err = top.resolve("err.txt");
        Files.createDirectory(directory.resolve("config"));
        Files.writeString(directory.resolve("config/avatar-monitor.conf"), "no.such.key = 1\n");
    }

    @AfterEach
    void leaveNoProcess() {
        demo.ifPresent(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }

    @Test
    void everyAvatarEndsAsItShouldAndNothingIsLeft() throws Exception {
        Process process = start("demo");

        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as(this::output)
                .isTrue();
        assertThat(process.exitValue()).as(this::output).isZero();
        assertThat(Files.readString(out))
                .contains("worker started, process")
                .contains("the user cancels Hugo")
                .contains("worker killed (SIGKILL) while")
                .contains("worker started again, process")
                .contains("the worker goes on:")
                .contains("worker stopped in order, exit code 0")
                .contains("14 of 14 avatars ended as they should")
                .contains("1 restart")
                .contains("export FAL_KEY=")
                .contains("the application hands over 14 trainings")
                .containsPattern("Kira .*stalled")
                .contains("not sent to fal: ../../x")
                .doesNotContain("NOT OK", "\u001b");
        assertThat(Files.readString(out).lines().filter(line -> line.endsWith("  ok")))
                .hasSize(14);
        assertThat(err).isEmptyFile();
        assertNothingIsLeft();
    }

    @Test
    void workerThatDiesUnaskedIsReportedWithItsLastWords() throws Exception {
        Process process = start("demo");
        ProcessHandle worker = worker();
        told("hands over");
        worker.destroyForcibly();

        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as(this::output)
                .isTrue();
        assertThat(process.exitValue()).as(this::output).isEqualTo(1);
        assertThat(err).content().contains("NOT OK the worker ended by itself", "NOT OK Ada: status is TRAINING");
        assertNothingIsLeft();
    }

    @Test
    void stopSignalEndsTheDemoWithItsWorkerAndItsFiles() throws Exception {
        Process process = start("demo");
        ProcessHandle worker = worker();
        told("hands over");
        process.destroy();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(this::output).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(err).content().contains("Demo broken off.");
        assertThat(worker.isAlive()).isFalse();
        assertNothingIsLeft();
    }

    private Process start(String... arguments) throws IOException {
        String jar = System.getProperty("avatarmonitor.jar");
        assertThat(jar).as("run by failsafe, which sets avatarmonitor.jar").isNotNull();
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-jar",
                jar);
        builder.command().addAll(List.of(arguments));
        builder.environment().put("AVATAR_MONITOR_DB_URL", "jdbc:postgresql://127.0.0.1:1/nowhere");
        builder.environment().put("AVATAR_MONITOR_NO_SUCH_KEY", "1");
        builder.environment().put("FAL_KEY", "the-users:own-key");
        Process process = builder.directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(
                        Files.createFile(top.resolve("in.txt")).toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        demo = Optional.of(process);
        return process;
    }

    /** Returns the first worker, as soon as the demo has reported it. */
    private ProcessHandle worker() {
        long pid = await().atMost(LIMIT)
                .until(
                        () -> {
                            Matcher told = WORKER.matcher(Files.readString(out));
                            return told.find() ? Long.parseLong(told.group(1)) : 0L;
                        },
                        found -> found > 0);
        return ProcessHandle.of(pid).orElseThrow();
    }

    private void told(String words) {
        await().atMost(LIMIT).until(() -> Files.readString(out).contains(words));
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
        try (Stream<Path> left = Files.walk(directory)) {
            assertThat(left.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("work", "config", "avatar-monitor.conf");
        }
        String ours = temporary.toString();
        assertThat(ProcessHandle.allProcesses()
                        .filter(ProcessHandle::isAlive)
                        .map(process ->
                                String.join(" ", process.info().arguments().orElse(new String[0])))
                        .filter(commandLine -> commandLine.contains(ours)))
                .isEmpty();
    }

    private String output() {
        try {
            return Files.readString(out) + Files.readString(err);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
