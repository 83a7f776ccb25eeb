package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any content of file and environment yields a configuration or a list of problems. */
class JunkConfigTest {
    private static final int SEEDS = 400;
    private static final String SECRET = "hunter2";
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            "=",
            ":",
            "\"",
            "\"\"\"",
            "\n",
            ",",
            ".",
            "$",
            "${",
            "${?",
            "+=",
            "#",
            "//",
            "\\",
            " ",
            "include ",
            "null",
            "true",
            "-1",
            "1e9",
            "60s",
            "é",
            "\u0000",
            "monitor",
            "interval",
            "fal.key",
            "db",
            "x");

    @TempDir
    Path directory;

    @Test
    void junkIsAlwaysAnsweredByProblemsThatTellNoSecret() throws Exception {
        String shipped = Files.readString(Path.of("config/avatar-monitor.conf"));
        int refused = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(shipped + "fal.key = \"id:" + SECRET + "\"\n");
            for (int i = random.nextInt(6); i >= 0; i--) {
                int at = random.nextInt(text.length());
                String piece = PIECES.get(random.nextInt(PIECES.size()));
                text.replace(at, Math.min(text.length(), at + random.nextInt(3)), piece);
            }
            ConfigFixture config = new ConfigFixture(directory).fileNamed("junk.conf", text.toString());
            String key = ShippedKeys.load().names().get(random.nextInt(20));
            config.variable(ShippedKeys.variable(key), PIECES.get(random.nextInt(PIECES.size())));
            refused += refuses(config, seed) ? 1 : 0;
        }
        assertThat(refused).isGreaterThan(SEEDS / 2);
    }

    private static boolean refuses(ConfigFixture config, int seed) {
        try {
            config.load();
            return false;
        } catch (ConfigException e) {
            assertThat(e.problems()).as("seed %d", seed).isNotEmpty();
            assertThat(e.getMessage()).as("seed %d", seed).doesNotContain(SECRET);
            return true;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
