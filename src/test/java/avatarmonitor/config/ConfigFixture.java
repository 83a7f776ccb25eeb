package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Loads configurations from text and variables in an empty directory. */
final class ConfigFixture {
    final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private Optional<Path> file = Optional.empty();

    ConfigFixture(Path directory) {
        this.directory = directory;
    }

    /** Writes the file for {@code --config}. */
    ConfigFixture file(String... lines) {
        return fileNamed("test.conf", String.join("\n", lines));
    }

    ConfigFixture fileNamed(String name, String text) {
        try {
            file = Optional.of(Files.writeString(directory.resolve(name), text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    ConfigFixture named(String path) {
        file = Optional.of(Path.of(path));
        return this;
    }

    ConfigFixture variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Settings load() {
        return new SettingsLoader(environment, directory, "this-host").load(file);
    }

    List<Problem> problems() {
        ConfigException wrong = catchThrowableOfType(ConfigException.class, this::load);
        assertThat(wrong).as("the configuration was accepted").isNotNull();
        return wrong.problems();
    }

    /** Returns the only problem. */
    Problem problem() {
        List<Problem> problems = problems();
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }
}
