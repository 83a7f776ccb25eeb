package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.testing.Directories;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The launcher of the release, run by a user who may only write to an empty directory. {@code mvn -Prelease verify}
 * unpacks the zip that it built; other builds arrange launcher and jar like the zip.
 */
@Execution(ExecutionMode.CONCURRENT)
class LauncherIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String JAVA_HOME = System.getProperty("java.home");
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    /** Readable by every user; only {@code work} is writable. */
    private static Path top = Path.of("");

    private static Path home = Path.of("");
    private static Path work = Path.of("");

    private record Answer(int code, String out, String err) {}

    @BeforeAll
    static void install() throws IOException {
        top = directory(Files.createTempDirectory("avatar-monitor-launcher-"), "rwxr-xr-x");
        work = directory(Files.createDirectory(top.resolve("work")), "rwxrwxrwx");
        String zip = System.getProperty("avatarmonitor.release", "");
        home = zip.isEmpty() ? assembled(top.resolve("avatar monitor")) : unpacked(Path.of(zip));
    }

    @AfterAll
    static void delete() throws IOException {
        Directories.delete(top);
    }

    private static Path assembled(Path into) throws IOException {
        Path bin = directory(Files.createDirectories(into.resolve("bin")), "rwxr-xr-x");
        Path lib = directory(Files.createDirectories(into.resolve("lib")), "rwxr-xr-x");
        directory(into, "rwxr-xr-x");
        for (String name : List.of("avatar-monitor", "prepare-cache")) {
            directory(Files.copy(Path.of("src/release/bin", name), bin.resolve(name)), "rwxr-xr-x");
        }
        directory(Files.copy(WorkerProcess.jar(), lib.resolve("avatar-monitor.jar")), "rw-r--r--");
        return into;
    }

    /** Uses the program unzip, which restores file modes. */
    private static Path unpacked(Path zip) throws IOException {
        Answer unzip = run(false, Map.of(), top, "unzip", "-q", zip.toString(), "-d", top.toString());
        assertThat(unzip.code()).as(unzip.err()).isZero();
        try (Stream<Path> made = Files.list(top)) {
            return made.filter(path -> path.getFileName().toString().matches("avatar-monitor-\\d.*"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Path directory(Path path, String mode) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static Answer launch(Map<String, String> environment, String... arguments) throws IOException {
        return launchFrom(home, environment, arguments);
    }

    private static Answer launchFrom(Path from, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command =
                new ArrayList<>(List.of(from.resolve("bin/avatar-monitor").toString()));
        command.addAll(List.of(arguments));
        return run(true, environment, work, command.toArray(new String[0]));
    }

    private static Process start(boolean unprivileged, Map<String, String> environment, Path in, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (unprivileged && ROOT) {
            command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(in.toFile());
        Map<String, String> seen = new HashMap<>(Map.of("PATH", System.getenv("PATH"), "JAVA_HOME", JAVA_HOME));
        seen.putAll(environment);
        builder.environment().clear();
        builder.environment().putAll(seen);
        return builder.start();
    }

    private static Answer run(boolean unprivileged, Map<String, String> environment, Path in, String... arguments)
            throws IOException {
        Path err = Files.createTempFile("launcher", ".err");
        try {
            List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 2>\"$ERR\"", "sh"));
            command.addAll(List.of(arguments));
            Files.setPosixFilePermissions(err, PosixFilePermissions.fromString("rw-rw-rw-"));
            Map<String, String> all = new HashMap<>(environment);
            all.put("ERR", err.toString());
            Process process = start(unprivileged, all, in, command.toArray(new String[0]));
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("ends in time")
                    .isTrue();
            return new Answer(process.exitValue(), out, Files.readString(err));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            Files.delete(err);
        }
    }

    /** Starts through a chain of links, one of them relative, from another directory. */
    @Test
    void findsItsJarThroughLinksAndPrintsNothingButTheAnswer() throws Exception {
        Path links = directory(Files.createDirectories(top.resolve("usr/bin")), "rwxr-xr-x");
        Path first = Files.createSymbolicLink(links.resolve("am"), home.resolve("bin/avatar-monitor"));
        Path second = Files.createSymbolicLink(links.resolve("avatar-monitor"), first.getFileName());

        Answer answer = run(true, Map.of(), work, second.toString(), "version", "--json");

        assertThat(answer.err()).isEmpty();
        assertThat(answer.code()).isZero();
        JsonObject version = JsonParser.parseString(answer.out()).getAsJsonObject();
        assertThat(version.get("avatar_monitor").getAsString()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(version.get("java").getAsString()).contains(System.getProperty("java.vendor"));
    }

    @Test
    void demoRunsAsAUserWhoMayWriteNothingOfTheInstallation() throws Exception {
        Answer demo = launch(Map.of(), "demo");

        assertThat(demo.code()).as(demo.out() + demo.err()).isZero();
        assertThat(demo.out())
                .contains("14 of 14 avatars ended as they should")
                .containsPattern("export FAL_KEY=id:secret\n(?s).*  '?" + home + "/bin/avatar-monitor'? worker\n");
        assertThat(demo.err()).isEmpty();
    }

    /** The archive is created in a directory of the user and used from there; a file that is no archive is ignored. */
    @Test
    void archiveIsMadeAndUsedAndAnotherFileInItsPlaceIgnored() throws Exception {
        Path cache = directory(Files.createDirectory(top.resolve("cache")), "rwxrwxrwx");
        Map<String, String> environment = Map.of("AVATAR_MONITOR_CACHE", cache.toString());
        Map<String, String> quick = new HashMap<>(environment);
        quick.put("AVATAR_MONITOR_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        // Java 17 archives no class of a jar whose path has a blank.
        Path from = home.toString().contains(" ") ? assembled(top.resolve("plain")) : home;
        Answer made = run(true, quick, work, from.resolve("bin/prepare-cache").toString());
        assertThat(made.code()).as(made.out() + made.err()).isZero();
        Path archive = Path.of(made.out().strip().replaceFirst("^made ", ""));
        assertThat(archive).isNotEmptyFile().hasParent(cache);

        Map<String, String> traced = new HashMap<>(environment);
        traced.put("AVATAR_MONITOR_JAVA_OPTS", "-Xlog:class+load=info:file=" + work.resolve("classes.log"));
        assertThat(launchFrom(from, traced, "version").code()).isZero();
        assertThat(Files.readString(work.resolve("classes.log")))
                .containsPattern("avatarmonitor\\.cli\\.Commands source: shared objects file");

        Files.delete(archive);
        Files.writeString(archive, "no archive");
        Answer damaged = launchFrom(from, environment, "version");
        assertThat(damaged.code()).as(damaged.err()).isZero();
        assertThat(damaged.out()).startsWith("avatar-monitor");
        assertThat(damaged.err()).isEmpty();
    }

    @Test
    void cacheThatCannotBeWrittenIsNamed() throws Exception {
        Path missing = top.resolve("no such directory");
        Answer refused = run(
                true,
                Map.of("AVATAR_MONITOR_CACHE", missing.toString()),
                work,
                home.resolve("bin/prepare-cache").toString());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains(missing.toString(), "AVATAR_MONITOR_CACHE");
    }

    @Test
    void optionsOfTheUserWinOverThoseOfTheLauncher() throws Exception {
        Answer usual = launch(Map.of("AVATAR_MONITOR_JAVA_OPTS", "-XX:+PrintFlagsFinal"), "version");
        assertThat(usual.out())
                .containsPattern("MaxHeapSize +=  *268435456 ")
                .containsPattern("UseSerialGC +=  *true ");
        Answer own = launch(Map.of("AVATAR_MONITOR_JAVA_OPTS", "-Xmx96m -XX:+PrintFlagsFinal"), "version");
        assertThat(own.out()).containsPattern("MaxHeapSize +=  *100663296 ");
    }

    /**
     * The JVM replaces the shell, so that a supervisor's signal reaches the process that it started. The launcher's own
     * variables are not passed on to a command that reads the configuration, which refuses variables that it does not
     * know.
     */
    @Test
    void signalsReachTheJvmAndVariablesOfTheLauncherDoNot() throws Exception {
        Process process = start(
                true,
                Map.of("AVATAR_MONITOR_JAVA_OPTS", "-Xmx64m", "AVATAR_MONITOR_CACHE", work.toString()),
                work,
                home.resolve("bin/avatar-monitor").toString(),
                "fal-emulator",
                "--port",
                "0");
        try {
            try (InputStream out = process.getInputStream()) {
                assertThat(new java.io.BufferedReader(new java.io.InputStreamReader(out, StandardCharsets.UTF_8))
                                .readLine())
                        .startsWith("fal queue emulator at ");
                assertThat(process.toHandle().info().command())
                        .hasValueSatisfying(command -> assertThat(command).endsWith("/java"));
                process.destroy();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(143);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void unsuitableJavaIsNamedWithWhatToDo() throws Exception {
        Path old = directory(Files.createDirectories(top.resolve("jdk-11")), "rwxr-xr-x");
        Path bin = directory(Files.createDirectories(old.resolve("bin")), "rwxr-xr-x");
        directory(Files.writeString(bin.resolve("java"), "#!/bin/sh\nexit 9\n"), "rwxr-xr-x");
        directory(Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n"), "rw-r--r--");
        Answer tooOld = launch(Map.of("JAVA_HOME", old.toString()), "version");
        assertThat(tooOld.code()).isEqualTo(2);
        assertThat(tooOld.err())
                .isEqualTo("avatar-monitor: Java 17 or newer is needed, found 11 (JAVA_HOME is " + old
                        + "). Install a JRE or set JAVA_HOME.\n");
        Answer noArchive = run(
                true,
                Map.of("JAVA_HOME", old.toString(), "AVATAR_MONITOR_CACHE", work.toString()),
                work,
                home.resolve("bin/prepare-cache").toString());
        assertThat(noArchive.code()).isEqualTo(2);
        assertThat(noArchive.err()).isEqualTo(tooOld.err());

        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
        assertThat(launch(Map.of("JAVA_HOME", old.toString()), "version").err()).contains("found 8 (");

        Answer none = launch(Map.of("JAVA_HOME", work.toString()), "version");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("found none (JAVA_HOME is " + work + ")");
    }

    /** Only {@code -Prelease} builds the zip; other builds skip the comparison. */
    @Test
    void zipHoldsWhatARunNeedsAndItsChecksum() throws Exception {
        String zip = System.getProperty("avatarmonitor.release", "");
        if (zip.isEmpty()) {
            System.out.println(
                    "LauncherIT looked at no zip: mvn -Prelease verify -Dit.test=LauncherIT makes and checks it");
            assertThat(home.resolve("lib/avatar-monitor.jar")).isRegularFile();
            return;
        }
        Set<String> names = new TreeSet<>();
        try (ZipFile file = new ZipFile(zip)) {
            for (ZipEntry entry : (Iterable<ZipEntry>) file.stream().map(ZipEntry.class::cast)::iterator) {
                names.add(entry.getName().replaceFirst("^[^/]+/", ""));
            }
        }
        assertThat(names)
                .contains(
                        "bin/avatar-monitor",
                        "bin/prepare-cache",
                        "lib/avatar-monitor.jar",
                        "config/avatar-monitor.conf",
                        "config/systemd/avatar-monitor.service",
                        "sql/grants/worker.sql",
                        "sql/migrations/postgresql/V1__quartz.sql",
                        "docs/README.md",
                        "docs/operations.md",
                        "INSTALL.md",
                        "README.md",
                        "LICENSE",
                        "THIRD-PARTY.txt",
                        "avatar-monitor.cdx.json",
                        "legal/h2/LICENSE-MPL-2.0.txt");
        assertThat(names).noneMatch(name -> name.startsWith("src/") || name.endsWith(".java"));
        assertThat(home.resolve("lib/avatar-monitor.jar")).hasSize(Files.size(WorkerProcess.jar()));
        Path directory = Objects.requireNonNull(Path.of(zip).toAbsolutePath().getParent());
        Answer sum =
                run(false, Map.of(), directory, "sha256sum", "-c", Path.of(zip).getFileName() + ".sha256");
        assertThat(sum.code()).as(sum.err()).isZero();
        assertThat(home.resolve("bin/avatar-monitor")).isExecutable();
    }

    /** ShellCheck reports nothing about the scripts of the release. */
    @Test
    void scriptsAreAcceptedByShellCheck() throws Exception {
        if (!Files.isExecutable(Path.of("/usr/bin/shellcheck"))) {
            String remedy = "LauncherIT left out ShellCheck: it is missing (install: apt-get install shellcheck)";
            assertThat(System.getenv("CI")).as(remedy).isNotEqualTo("true");
            System.out.println(remedy);
            org.junit.jupiter.api.Assumptions.abort(remedy);
        }
        Answer check = run(
                false,
                Map.of(),
                Path.of("").toAbsolutePath(),
                "shellcheck",
                "src/release/bin/avatar-monitor",
                "src/release/bin/prepare-cache");
        assertThat(check.code()).as(check.out()).isZero();
    }
}
