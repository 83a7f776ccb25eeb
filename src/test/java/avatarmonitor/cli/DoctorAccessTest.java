package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.cli.CommandFixture.Ran;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The doctor finds files that other users of this machine could read or open. */
final class DoctorAccessTest {
    @AutoClose
    private final CommandFixture fixture = new CommandFixture(TestDatabase.H2)
            .variable("AVATAR_MONITOR_FAL_BASE_URL", "http://127.0.0.1:9")
            .variable("FAL_KEY", "id:right");

    private static Stream<String> lines(Ran ran, String what) {
        return ran.out().lines().filter(line -> line.matches("\\S+ +" + what + ": .*"));
    }

    @Test
    void filesThatOtherUsersCanUseAreFailuresWithTheCommandThatHelps() throws Exception {
        assertThat(lines(fixture.run("doctor"), "access"))
                .singleElement()
                .asString()
                .startsWith("ok");
        Path file = Path.of(fixture.fresh().config().url().substring("jdbc:h2:file:".length()) + ".login");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Path configuration =
                Files.writeString(fixture.directory.resolve("open.conf"), "http.token = sixteen-letters-0");
        Files.setPosixFilePermissions(configuration, PosixFilePermissions.fromString("rw-r--r--"));

        Ran ran = fixture.run("doctor", "--config", configuration.toString());

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(lines(ran, "access"))
                .containsExactly("FAIL access:        file " + file + " (rw-r--r--) is open to other users → chmod 600 "
                        + file + "; a starting worker does so");
        assertThat(lines(ran, "configuration"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("warn configuration:")
                        .contains(
                                "http.token", "since it holds a secret, not rw-r--r--", "chmod 600 " + configuration));
        Files.writeString(configuration, "fal.proxy = \"http://user:secret-4711@127.0.0.1:3128\"");
        Ran url = fixture.run("doctor", "--config", configuration.toString());
        assertThat(lines(url, "configuration"))
                .anySatisfy(line -> assertThat(line).contains("fal.proxy", "since it holds a secret, not rw-r--r--"))
                .noneMatch(line -> line.contains("secret-4711"));

        Files.setPosixFilePermissions(configuration, PosixFilePermissions.fromString("rw-------"));
        assertThat(lines(fixture.run("doctor", "--config", configuration.toString()), "configuration"))
                .noneMatch(line -> line.startsWith("warn"));
    }
}
