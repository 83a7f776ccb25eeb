package avatarmonitor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.migration.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** H2 databases in files like those of users, one temporary directory each. */
final class H2Files {
    private static final String NAME = "avatar-monitor";
    private static final Pattern PASSWORD = Pattern.compile("-password (\\S+)");

    private H2Files() {}

    static TestDatabase.Location create() {
        try {
            return locate(Files.createTempDirectory("avatar-monitor-h2-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a file that was migrated once, because migrating takes longer than most tests. */
    static TestDatabase.Location createMigrated() {
        try {
            Path directory = Files.createTempDirectory("avatar-monitor-h2-");
            Directories.copy(Prepared.DIRECTORY, directory);
            return locate(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestDatabase.Location locate(Path directory) {
        return new TestDatabase.Location(
                "jdbc:h2:file:" + directory.resolve(NAME), "", "", () -> Directories.delete(directory));
    }

    /**
     * Returns the administrator's login, for tests that change tables; the product's own connections use {@link
     * TestDatabase.Location#config}.
     */
    static StoreConfig administrator(TestDatabase.Location location) {
        Path login = Path.of(location.url().substring("jdbc:h2:file:".length()) + ".admin.login");
        try {
            if (!Files.exists(login)) {
                Database.open(location.config()).close();
            }
            Matcher password = PASSWORD.matcher(Files.readString(login));
            assertThat(password.find()).isTrue();
            return new StoreConfig(
                    location.url(), "sa", password.group(1), location.config().poolSize());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void prepare(Path directory) {
        try (Database database = Database.open(locate(directory).config())) {
            Migrations.run(database);
        }
    }

    /** Made on first use. */
    private static final class Prepared {
        static final Path DIRECTORY = PreparedDirectory.of("h2", H2Files::prepare);
    }
}
