package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Obstacles to an embedded database are reported before H2's misleading errors. The superuser may write everything, so
 * the permissions are simulated.
 */
final class H2FileRightsTest {
    @TempDir
    private Path directory = Path.of(".");

    private String url(String name) {
        return ConnectionSettings.of(config(name)).url();
    }

    private StoreConfig config(String name) {
        return new StoreConfig("jdbc:h2:file:" + directory.resolve(name), "", "", 4);
    }

    private static Predicate<Path> allBut(Path path) {
        return asked -> !asked.equals(path);
    }

    @Test
    void fileThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(directory.resolve("data.mv.db"));
        Files.createFile(directory.resolve("data.lock.db"));

        assertThat(H2File.obstacle(url("data"), allBut(file)))
                .hasValueSatisfying(said -> assertThat(said).startsWith("file " + file + " cannot be written"));
        assertThat(H2File.obstacle(url("data"))).isEmpty();
    }

    @Test
    void folderThatCannotBeWrittenIsNamed() throws IOException {
        assertThat(H2File.obstacle(url("new/folders/data"), allBut(directory)))
                .hasValueSatisfying(said -> assertThat(said).startsWith("folder " + directory + " cannot be written"));
        assertThat(H2File.obstacle(url("new/folders/data"))).isEmpty();

        Files.createFile(directory.resolve("data.mv.db"));
        assertThat(H2File.obstacle(url("data"), allBut(directory))).isPresent();
    }

    @Test
    void guestOfAnotherProcessNeedsNoFolderToWriteIn() throws IOException {
        Files.createFile(directory.resolve("data.mv.db"));
        Files.createFile(directory.resolve("data.lock.db"));

        assertThat(H2File.obstacle(url("data"), allBut(directory))).isEmpty();
    }

    @Test
    void whoOnlyLooksForADatabaseThatIsNotThereIsReportedThat() {
        assertThat(H2File.obstacle(H2Connection.withoutCreating(url("data")), allBut(directory)))
                .isEmpty();
    }

    @Test
    void pathThroughAFileIsRefusedInOurWords() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> Database.open(config("file/data")))
                .isInstanceOf(StoreException.class)
                .hasMessage("cannot open database " + config("file/data").url() + ": " + file
                        + " is not a folder, check db.url");
    }

    @Test
    void otherFileSystemsOfH2AreLeftToIt() {
        assertThat(H2File.obstacle("jdbc:h2:async:split:/nowhere/data;X=1", path -> false))
                .isEmpty();
        assertThat(H2File.obstacle("jdbc:h2:async:~/data;X=1", path -> false))
                .hasValueSatisfying(said -> assertThat(said).contains(System.getProperty("user.home")));
    }
}
