package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** systemd accepts the shipped unit, and rates its exposure as "OK" or better. */
class SystemdUnitTest {
    private static final Path UNIT = Path.of("config/systemd/avatar-monitor.service");
    private static final String REMEDY =
            "SystemdUnitTest was left out: systemd-analyze is missing (install: apt-get install systemd)";

    @BeforeAll
    static void systemdAnalyzeIsThere() {
        boolean there = Files.isExecutable(Path.of("/usr/bin/systemd-analyze"));
        if (!there) {
            assertThat(System.getenv("CI")).as(REMEDY).isNotEqualTo("true");
            System.out.println(REMEDY);
        }
        assumeTrue(there, REMEDY);
    }

    /** With programs and a user that every machine has, since those of the unit exist only after an installation. */
    @Test
    void isAccepted(@TempDir Path directory) throws Exception {
        Path copy = directory.resolve("avatar-monitor.service");
        String unit = Files.readString(UNIT);
        assertThat(unit)
                .contains(
                        "\nExecStart=/opt/avatar-monitor/bin/avatar-monitor ",
                        "\nExecStartPost=-/usr/bin/curl ",
                        "\nUser=avatar-monitor\n");
        Files.writeString(
                copy,
                unit.replace("=/opt/avatar-monitor/bin/avatar-monitor ", "=/bin/true ")
                        .replace("=-/usr/bin/curl ", "=-/bin/true ")
                        .replace("User=avatar-monitor\nGroup=avatar-monitor\n", "User=root\n"));
        assertThat(run("systemd-analyze", "verify", "--man=no", copy.toString()))
                .isEmpty();
    }

    /** The scale ends at 10.0 (unsafe); below 2.0 is "OK". */
    @Test
    void exposureIsLow() throws Exception {
        assertThat(run("systemd-analyze", "security", "--offline=true", "--threshold=19", UNIT.toString()))
                .contains("Overall exposure level for avatar-monitor.service");
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
