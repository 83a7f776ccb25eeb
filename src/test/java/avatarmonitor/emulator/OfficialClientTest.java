package avatarmonitor.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import avatarmonitor.emulator.http.Op;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * fal's official JavaScript packages, unchanged from npm, against the emulator: the newest client, one of two years
 * ago, and the server proxy. The scripts are in {@code src/test/js}. They run where node and npm are installed;
 * elsewhere a line reports that they were left out, and a CI run fails.
 */
class OfficialClientTest {
    private static final Path SOURCE = Path.of("src/test/js");
    private static final Path TRAINERS = Path.of("src/main/resources/emulator/trainers.json");
    private static final Path WORK = Path.of("target/fal-js-client");
    private static final int LONGEST_MINUTES = 3;
    private static final String NODE_IS_NEW_ENOUGH = "process.exit(parseInt(process.versions.node, 10) >= 18 ? 0 : 1)";

    private record Run(int code, String output) {}

    @Test
    void officialClientsWorkUnchanged() throws Exception {
        needs(runs("node", "-e", NODE_IS_NEW_ENOUGH) && runs("npm", "--version"), "node 18 or npm is missing");
        copySources();
        Run install = run(Map.of(), "npm", "ci", "--no-audit", "--no-fund");
        needs(install.code == 0, "npm cannot install fal's packages: " + install.output.strip());
        String newest = tests("test", "@fal-ai/client");
        assertThat(newest)
                .contains("ok 1 - ")
                .contains("webhook arrives and is signed by a key of the JWKS")
                .contains("subscribe through the server proxy")
                .contains("every trainer that the client has types for answers these members");
        assertThat(tests("test-older", "fal-client-1.2"))
                .contains("subscribe by streaming")
                .contains("uploaded file can be fetched");
    }

    /** Returns the output of this npm script's tests, after they have passed with this client. */
    private static String tests(String script, String client) throws Exception {
        try (FalEmulator emulator = FalEmulator.start(EmulatorConfig.local())) {
            Map<String, String> environment = Map.of(
                    "EMULATOR_URL", emulator.baseUri().toString(),
                    "FAL_CLIENT", client,
                    "TRAINERS", TRAINERS.toAbsolutePath().toString());
            Run tests = run(environment, "npm", "run", script);
            assertThat(tests.code).as(tests.output).isZero();
            assertThat(tests.output).contains("# fail 0").contains("# skipped 0");
            assertThat(emulator.calls(Op.SUBMIT)).hasSizeGreaterThan(10);
            assertThat(emulator.calls(Op.STREAM)).isNotEmpty();
            assertThat(emulator.calls(Op.UPLOAD)).isNotEmpty();
            assertThat(emulator.calls(Op.RUN)).isNotEmpty();
            return tests.output;
        }
    }

    /** Prints why the test is left out, or fails in CI. */
    private static void needs(boolean met, String problem) {
        String remedy = "OfficialClientTest was left out: " + problem + " (install: apt-get install nodejs npm)";
        if (!met) {
            assertThat(System.getenv("CI")).as(remedy).isNotEqualTo("true");
            System.out.println(remedy);
        }
        assumeTrue(met, remedy);
    }

    /** Copies into target, so that installed packages are never among the sources. */
    private static void copySources() throws IOException {
        Files.createDirectories(WORK);
        try (Stream<Path> files = Files.list(SOURCE)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, WORK.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static boolean runs(String... command) throws Exception {
        Files.createDirectories(WORK);
        try {
            return run(Map.of(), command).code == 0;
        } catch (IOException notInstalled) {
            return false;
        }
    }

    private static Run run(Map<String, String> environment, String... command) throws Exception {
        Path output = WORK.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(List.of(command))
                .directory(WORK.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES))
                    .as("%s ends within %s minutes", command[0], LONGEST_MINUTES)
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(output));
    }
}
