package avatarmonitor.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/** The packaged program with one file of its jar changed. */
final class OtherBuild {
    private OtherBuild() {}

    /** Creates a release with one more migration. */
    static Path with(Path directory, String entry, String text) {
        return changed(directory, jar -> Files.writeString(jar.getPath(entry), text));
    }

    /** Creates a broken build: the first thread that needs the class gets an error. */
    static Path without(Path directory, String entry) {
        return changed(directory, jar -> Files.delete(jar.getPath(entry)));
    }

    private interface Change {
        void make(FileSystem jar) throws IOException;
    }

    private static Path changed(Path directory, Change change) {
        try {
            Path copy = Files.createTempFile(directory, "other-build-", ".jar");
            Files.write(copy, Files.readAllBytes(WorkerProcess.jar()));
            try (FileSystem jar = FileSystems.newFileSystem(copy)) {
                change.make(jar);
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
