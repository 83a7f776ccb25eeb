package avatarmonitor.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * File system of H2 that creates each file and folder for its owner only ({@link OwnerOnly}): the database, its lock,
 * its temporary files and copies. Public since H2 creates instances by reflection.
 */
public final class OwnerOnlyFilePath extends FilePathWrapper {
    static final String SCHEME = "owner";

    /** For H2. */
    public OwnerOnlyFilePath() {}

    /** Registers the scheme with H2 in this process. */
    static void register() {
        FilePath.register(new OwnerOnlyFilePath());
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    private Path path() {
        FilePath file = getBase();
        while (file instanceof FilePathWrapper) {
            file = file.unwrap();
        }
        return Path.of(file.toString());
    }

    @Override
    public boolean createFile() {
        try {
            return OwnerOnly.createFile(path());
        } catch (IOException e) {
            // H2's implementation retries for a while and reports the error.
            return super.createFile();
        }
    }

    @Override
    public void createDirectory() {
        try {
            OwnerOnly.createFolders(path());
        } catch (IOException e) {
            super.createDirectory();
        }
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        if (mode.contains("w")) {
            boolean unused = OwnerOnly.createFile(path());
        }
        return super.open(mode);
    }

    @Override
    public OutputStream newOutputStream(boolean append) throws IOException {
        boolean unused = OwnerOnly.createFile(path());
        return super.newOutputStream(append);
    }

    @Override
    public FilePath createTempFile(String suffix, boolean inTempDir) throws IOException {
        FilePath made = super.createTempFile(suffix, inTempDir);
        if (made instanceof OwnerOnlyFilePath file) {
            OwnerOnly.restrict(file.path());
        }
        return made;
    }
}
