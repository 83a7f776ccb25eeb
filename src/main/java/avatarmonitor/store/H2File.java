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
 * Checks of an embedded database's file in the file system. H2's own errors are misleading: it mentions AUTO_SERVER
 * when it may not write the file, and prints stack traces when it may not write the folder.
 */
final class H2File {
    private static final String MEND =
            " cannot be written: give the user who runs avatar-monitor the right to, or check db.url: a relative path starts in"
                    + " the working directory";

    private H2File() {}

    /** Returns why H2 cannot use the file of this URL, for the operator; empty when it can. */
    static Optional<String> obstacle(String url) {
        return obstacle(url, Files::isWritable);
    }

    /** @param writable whether this user may write a file, or create files in a folder */
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
            // A process that finds another one running connects to it and creates no file.
            return Files.exists(withSuffix(database, ".lock.db")) ? Optional.empty() : obstacleOf(folder, writable);
        }
        return H2Connection.isCreating(url) || !isOpen(folder) ? obstacleOf(folder, writable) : Optional.empty();
    }

    /** Checks the nearest existing folder, in which H2 creates the missing ones. */
    private static Optional<String> obstacleOf(Path folder, Predicate<Path> writable) {
        Path there = firstThere(folder);
        if (!Files.isDirectory(there)) {
            return Optional.of(there + " is not a folder, check db.url");
        }
        return writable.test(there) ? Optional.empty() : Optional.of("folder " + there + MEND);
    }

    /** Free disk space for this user; empty when it is unknown. */
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

    /** Returns whether this user could see a file in the folder. */
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

    static Path data(Path database) {
        return withSuffix(database, ".mv.db");
    }

    private static Path withSuffix(Path database, String suffix) {
        return database.resolveSibling(database.getFileName() + suffix);
    }

    /**
     * Returns the absolute path without file suffix; empty when the URL names another of H2's file systems, or no valid
     * path.
     */
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
