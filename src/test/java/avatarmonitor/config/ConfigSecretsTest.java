package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets are never printed, whether valid, invalid or in the wrong place. */
class ConfigSecretsTest {
    private static final String SECRET = "hunter2";

    @TempDir
    Path directory;

    @Test
    void effectiveConfigurationShowsStars() {
        Settings settings =
                new ConfigFixture(directory).fileNamed("quoted.conf", """
                        db { password = hunter2, url = "jdbc:postgresql://h/d?password=hunter2&ssl=true" }
                        fal.key = "id:hunter2"
                        alerts {
                          webhook { url = "https://h/hunter2", secret = hunter2 }
                          callback { url = "https://h/?hunter2", secret = hunter2 }
                          email.password = hunter2
                        }
                        """).load();

        String shown = settings.effective().stream()
                .map(s -> s.key() + "=" + s.shown())
                .collect(Collectors.joining("\n"));
        assertThat(shown)
                .contains("db.password=***", "fal.key=***", "db.url=\"jdbc:postgresql://h/d?password=***&ssl=true\"")
                .doesNotContain(SECRET);
        assertThat(settings.toString()).doesNotContain(SECRET);
    }

    @Test
    void absenceOfASecretIsVisible() {
        assertThat(new ConfigFixture(directory).load().effective())
                .contains(new Setting("fal.key", "\"\"", "default"), new Setting("db.password", "\"\"", "default"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fal.key = \"id:hunter2\\n\"",
                "fal.key = \"Key id:hunter2\"",
                "fal.key = \"id:hunter2é\"",
                "fal.kye = hunter2",
                "fal { key = { id = hunter2 } }",
                "hunter2",
                "fal.key = id:hunter2:more",
                "fal.key = hunter2\"",
                "fal.key = \"hunter2",
                "fal.key = [hunter2]",
                "db.url = \"postgres://u:hunter2@host/db\"",
                "db.url = \"postgres://u:pa/hunter2@host/db\"",
                "db.url = \"jdbc:postgresql://u:hunter2@host/db\"",
                "db.url = \"jdbc:mysql://host/db?password=hunter2\"",
                "fal.base-url = \"https://u:hunter2@queue.fal.run\"",
                "fal = hunter2",
                "http.token = hunter2",
                "http.token = \"hunter2 hunter2 hunter2\"",
                "alerts.webhook.url = \"http://hooks.example.com/hunter2\"",
                "alerts.callback.url = \"https://u:hunter2@example.com/x\"",
                "alerts.callback.secret = \"hunter2 \"",
                "alerts.email.password = \"hunter2\\n\"",
                "db.password = ${hunter2x}{"
            })
    void secretThatIsWrongOrMisplacedIsNotRepeated(String line) {
        assertThatThrownBy(() -> new ConfigFixture(directory).file(line).load())
                .isInstanceOf(ConfigException.class)
                .satisfies(e -> assertThat(e.toString()).doesNotContain(SECRET))
                .hasNoCause();
    }

    @Test
    void secretOfTheEnvironmentIsNotRepeated() {
        ConfigFixture config = new ConfigFixture(directory)
                .variable("FAL_KEY", "id:" + SECRET + "\n")
                .variable("FAL_KEY_SECRET", SECRET)
                .variable("AVATAR_MONITOR_FAL_KEY", "other:" + SECRET)
                .variable("AVATAR_MONITOR_DB_PASWORD", SECRET);

        assertThat(config.problems()).extracting(Problem::describe).hasSize(4).noneMatch(text -> text.contains(SECRET));
    }

    @Test
    void twoDifferentKeysAreRefusedAndTwoEqualOnesAreNot() {
        assertThat(new ConfigFixture(directory)
                        .variable("FAL_KEY", "id:one")
                        .variable("AVATAR_MONITOR_FAL_KEY", "id:two")
                        .problem()
                        .origin())
                .contains("AVATAR_MONITOR_FAL_KEY", "variable FAL_KEY");
        assertThat(new ConfigFixture(directory)
                        .variable("FAL_KEY", "id:one")
                        .variable("FAL_KEY_ID", "id")
                        .variable("FAL_KEY_SECRET", "one")
                        .load()
                        .requireFalKey()
                        .authorization())
                .isEqualTo("Key id:one");
        assertThat(new ConfigFixture(directory)
                        .variable("FAL_KEY", "id:one")
                        .variable("FAL_KEY_SECRET", "one")
                        .problem()
                        .advice())
                .isEqualTo("unset FAL_KEY_SECRET, FAL_KEY is set already");
    }

    @Test
    void missingKeyIsAProblemOnlyForCommandsThatNeedIt() {
        Settings settings = new ConfigFixture(directory).load();

        assertThatThrownBy(settings::requireFalKey)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("FAL_KEY_ID")
                .hasMessageContaining("fal.key");
    }
}
