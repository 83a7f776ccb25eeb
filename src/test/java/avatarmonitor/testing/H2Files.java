package avatarmonitor.testing;

import avatarmonitor.store.Database;
import avatarmonitor.store.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** H2 databases as users have them: files, one temporary directory each. */
final class H2Files {
    private static final String NAME = "avatar-monitor";

    private H2Files() {}

    static TestDatabase.Location create() {
        try {
            return locate(Files.createTempDirectory("avatar-monitor-h2-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy of a file that was migrated once, because migrating takes longer than most tests. */
    static TestDatabase.Location createMigrated() {
        try {
            Path directory = Files.createTempDirectory("avatar-monitor-h2-");
            Files.write(directory.resolve(NAME + ".mv.db"), Migrated.FILE);
            return locate(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestDatabase.Location locate(Path directory) {
        return new TestDatabase.Location("jdbc:h2:file:" + directory.resolve(NAME), "", "", () -> delete(directory));
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Made at first use. */
    private static final class Migrated {
        static final byte[] FILE = make();

        private static byte[] make() {
            TestDatabase.Location location = create();
            try (Database database = Database.open(location.config())) {
                Migrations.run(database);
            }
            try {
                return Files.readAllBytes(Path.of(location.url().substring("jdbc:h2:file:".length()) + ".mv.db"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                location.drop().run();
            }
        }
    }
}
