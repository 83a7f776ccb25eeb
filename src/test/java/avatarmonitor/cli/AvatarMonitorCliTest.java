package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Behaviour common to all commands: options, help, exit codes, and the use of stdout and stderr. */
class AvatarMonitorCliTest {
    @TempDir
    Path directory;

    private Program program = new Program(Path.of("."));

    @BeforeEach
    void inEmptyDirectory() {
        program = new Program(directory);
    }

    @Test
    void withoutCommandTheHelpIsShownAndTheUsageIsWrong() {
        assertThat(program.run()).isEqualTo(2);
        assertThat(program.err()).contains("Exit codes:", "version  ");
        assertThat(program.out()).isEmpty();
    }

    @Test
    void helpTeaches() {
        assertThat(program.run("--help")).isZero();
        assertThat(program.out())
                .contains("fal.ai", "Examples:", "Exit codes: 0 success", "AVATAR_MONITOR_FAL_BASE_URL", "--config")
                .doesNotContain("%n", "null", "\u001b");
        assertThat(program.out().lines()).allMatch(line -> line.length() <= 120);
        assertThat(program.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h"})
    void everyCommandHasHelp(String option) {
        for (String command : program.commands()) {
            Program fresh = new Program(directory);
            assertThat(fresh.run(command, option)).isZero();
            assertThat(fresh.out())
                    .startsWith("Usage: avatar-monitor " + command)
                    .contains("--config");
        }
    }

    @Test
    void configFileMayBeNamedBeforeAndAfterTheCommand() throws Exception {
        Files.writeString(directory.resolve("my.conf"), "worker.concurrency = 3");
        Program.Body reads = invocation -> invocation.settings().schedule().concurrency();

        assertThat(program.runProbe(reads, "--config", "my.conf", "probe")).isEqualTo(3);
        assertThat(program.runProbe(reads, "probe", "--config", "my.conf")).isEqualTo(3);
        assertThat(program.runProbe(reads, "probe", "--json", "--config=my.conf"))
                .isEqualTo(3);
        assertThat(program.runProbe(reads, "probe")).isEqualTo(10);
    }

    @Test
    void verboseMayStandBeforeAndAfterTheCommand() {
        Program.Body reads = invocation -> invocation.verbose() ? 1 : 0;

        assertThat(program.runProbe(reads, "-v", "probe")).isEqualTo(1);
        assertThat(program.runProbe(reads, "probe", "--verbose")).isEqualTo(1);
        assertThat(program.runProbe(reads, "probe")).isZero();
    }

    @Test
    void misspeltCommandAndOptionAreAnsweredByTheLikelyOne() {
        assertThat(program.run("verson")).isEqualTo(2);
        assertThat(program.run("version", "--jsn")).isEqualTo(2);

        assertThat(program.err())
                .contains("Did you mean: avatar-monitor version", "--json", "Try: avatar-monitor version --help");
        assertThat(program.out()).isEmpty();
    }

    @Test
    void wrongConfigurationEndsWithTwoAndAllProblems() {
        program.variable("AVATAR_MONITOR_LOG_LEVEL", "loud").variable("AVATAR_MONITOR_LOGG_FORMAT", "json");

        assertThat(program.runProbe(invocation -> invocation.settings().store().poolSize(), "probe"))
                .isEqualTo(2);
        assertThat(program.err())
                .contains("2 problems", "did you mean AVATAR_MONITOR_LOG_FORMAT?", "one of error, warn")
                .doesNotContain("\tat ");
        assertThat(program.out()).isEmpty();
    }

    @Test
    void missingConfigFileEndsWithTwo() {
        assertThat(program.runProbe(invocation -> invocation.settings().store().poolSize(), "--config", "nix", "probe"))
                .isEqualTo(2);
        assertThat(program.err()).contains("nix", "no such file");
    }

    @Test
    void commandThatFailsSaysWhyOnStderrAndEndsWithOne() {
        assertThat(program.runProbe(invocation -> invocation.failed("no avatar x"), "probe"))
                .isEqualTo(1);
        assertThat(program.err()).isEqualTo("no avatar x" + System.lineSeparator());
    }

    @Test
    void versionNeedsNoConfiguration() {
        program.variable("AVATAR_MONITOR_LOG_LEVEL", "loud");

        assertThat(program.run("version", "--json")).isZero();
        assertThat(JsonParser.parseString(program.out()).getAsJsonObject().keySet())
                .containsExactly("avatar_monitor", "quartz", "java");
        assertThat(program.out()).contains("\"quartz\": \"2.");
    }

    @Test
    void versionIsReportedToPeople() {
        assertThat(program.run("version")).isZero();
        assertThat(program.out().lines()).hasSize(3).first().asString().matches("avatar-monitor {2,}\\S+");
        assertThat(program.run("--version")).isZero();
    }

    @Test
    void jsonMayStandBeforeTheCommandAndHelpNamesOne() {
        assertThat(program.run("--json", "version")).isZero();
        assertThat(program.out()).startsWith("{");
        program = new Program(directory);
        assertThat(program.run("help", "list")).isZero();
        assertThat(program.out()).startsWith("Usage: avatar-monitor list");
        assertThat(program.run("help", "lst")).isEqualTo(2);
        assertThat(program.err()).contains("Did you mean: avatar-monitor list");
        assertThat(program.run("worker", "--json")).isEqualTo(2);
    }

    @Test
    void wideLinesAreNeverCut() {
        Program.Body width = invocation -> invocation.terminal().width() == 1_000_000 ? 1 : 0;
        assertThat(program.runProbe(width, "probe", "--wide")).isEqualTo(1);
        assertThat(program.runProbe(width, "--wide", "probe")).isEqualTo(1);
        assertThat(program.runProbe(width, "probe")).isZero();
    }
}
