package avatarmonitor.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The file of an embedded database as the file system shows it. H2 itself speaks of AUTO_SERVER when it may not write the file, and
 * prints stack traces when it may not write the folder.
 */
final class H2File {
    private static final String MEND =
            " cannot be written: give the user who runs avatar-monitor the right to, or check db.url: a relative path starts in"
                    + " the working directory";

    private H2File() {}

    /** Why H2 cannot work with the file of this URL, in words for the one who wrote it; empty when nothing is in its way. */
    static Optional<String> obstacle(String url) {
        return obstacle(url, Files::isWritable);
    }

    /** @param writable whether this user may write a file, or make files in a folder */
    static Optional<String> obstacle(String url, Predicate<Path> writable) {
        Path database = path(url).orElse(null);
        if (database == null) {
            return Optional.empty();
        }
        Path file = data(database);
        Path folder = Optional.ofNullable(file.getParent()).orElse(file);
        if (Files.exists(file)) {
            if (!writable.test(file)) {
                return Optional.of("file " + file + MEND);
            }
            // Who finds another process at work talks to that one and makes no file.
            return Files.exists(withSuffix(database, ".lock.db")) ? Optional.empty() : obstacleOf(folder, writable);
        }
        return H2Connection.isCreating(url) || !isOpen(folder) ? obstacleOf(folder, writable) : Optional.empty();
    }

    /** H2 makes the folders that are missing, in the first one that is there. */
    private static Optional<String> obstacleOf(Path folder, Predicate<Path> writable) {
        Path there = firstThere(folder);
        if (!Files.isDirectory(there)) {
            return Optional.of(there + " is not a folder, check db.url");
        }
        return writable.test(there) ? Optional.empty() : Optional.of("folder " + there + MEND);
    }

    /** Room on the disk that this user may use; empty when it cannot be told. */
    static OptionalLong usableBytes(String url) {
        Path database = path(url).orElse(null);
        if (database == null || database.getParent() == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(
                    Files.getFileStore(firstThere(database.getParent())).getUsableSpace());
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** Whether this user could see a file in it. */
    private static boolean isOpen(Path folder) {
        Path there = firstThere(folder);
        return !Files.isDirectory(there) || Files.isExecutable(there);
    }

    private static Path firstThere(Path folder) {
        Path there = folder;
        while (!Files.exists(there)) {
            @Nullable Path parent = there.getParent();
            if (parent == null) {
                return there;
            }
            there = parent;
        }
        return there;
    }

    /** The file with the data of a database. */
    static Path data(Path database) {
        return withSuffix(database, ".mv.db");
    }

    private static Path withSuffix(Path database, String suffix) {
        return database.resolveSibling(database.getFileName() + suffix);
    }

    /** Absolute, without the suffix of a file; empty when the URL names another of H2's file systems, or nothing that the system takes for a path. */
    static Optional<Path> path(String url) {
        String name = H2Connection.file(url);
        if (name.toLowerCase(Locale.ROOT).matches("[a-z0-9]{2,}:.*")) {
            return Optional.empty();
        }
        String home = name.startsWith("~") ? System.getProperty("user.home") + name.substring(1) : name;
        try {
            return Optional.of(Path.of(home).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
