package avatarmonitor.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restricts folder and files of an embedded database to their owner. A folder that this product created, or that
 * contains only the database, is closed to others; a folder with other content is left unchanged, since other programs
 * may need its permissions.
 */
final class H2Folder {
    private static final Logger log = LoggerFactory.getLogger(H2Folder.class);

    /** Suffixes of a database's files: data and copies from compacting, lock, trace, temporary files, logins. */
    private static final Pattern OF_H2 =
            Pattern.compile("mv\\.db(\\..*)?|lock\\.db|trace\\.db(\\..*)?|(.*\\.)?temp\\.db|(admin\\.)?login(\\..*)?");

    private final Path database;
    private final Path folder;

    /** @param database absolute path of the database, without file suffix */
    H2Folder(Path database) {
        this.database = database;
        Path parent = database.getParent();
        this.folder = parent == null ? database : parent;
    }

    /**
     * Creates what is missing, and removes permissions of others where allowed.
     *
     * @throws StoreException when others may replace the files in a folder whose permissions must not be changed
     */
    void prepare() {
        try {
            if (!Files.exists(folder)) {
                OwnerOnly.createFolders(folder);
            } else if (!OwnerOnly.rightsOfOthers(folder).isEmpty() && isOurs()) {
                OwnerOnly.restrict(folder);
                log.info("folder of the embedded database was open to other users, closed it folder={}", folder);
            }
            for (Path file : files()) {
                close(file);
            }
            for (LocalAccess problem : problems()) {
                if (problem.severe()) {
                    throw StoreException.misconfigured(problem.what() + ": " + problem.advice());
                }
                log.warn(
                        "embedded database is not closed to other users problem={}: {}",
                        problem.what(),
                        problem.advice());
            }
        } catch (IOException e) {
            throw StoreException.misconfigured("rights of " + folder + " cannot be set or read (" + e
                    + "): use a folder that belongs to the user who runs avatar-monitor");
        }
    }

    private static void close(Path file) throws IOException {
        try {
            if (!OwnerOnly.rightsOfOthers(file).isEmpty() && OwnerOnly.isOwn(file)) {
                OwnerOnly.restrict(file);
                log.info("file of the embedded database was open to other users, closed it file={}", file);
            }
        } catch (NoSuchFileException gone) {
            log.debug("file of the embedded database is gone meanwhile file={}", file);
        }
    }

    /** Returns what other users may do that they should not; changes nothing. */
    List<LocalAccess> problems() throws IOException {
        List<LocalAccess> problems = new ArrayList<>();
        if (!Files.isDirectory(folder) || !OwnerOnly.isSupported(folder)) {
            return problems;
        }
        Set<PosixFilePermission> others = OwnerOnly.rightsOfOthers(folder);
        String advice = "chmod 700 " + folder + ", or have db.url name a folder of its own";
        boolean replaceable =
                (others.contains(PosixFilePermission.OTHERS_WRITE) || others.contains(PosixFilePermission.GROUP_WRITE))
                        && !isSticky();
        if (!others.isEmpty()) {
            problems.add(new LocalAccess(
                    "folder " + folder + " (" + OwnerOnly.shown(folder) + ") "
                            + (replaceable
                                    ? "lets other users replace the files of the database"
                                    : "is open to other users; the files in it are not"),
                    advice,
                    replaceable));
        }
        if (!OwnerOnly.isOwn(folder) && !"root".equals(OwnerOnly.owner(folder))) {
            problems.add(new LocalAccess(
                    "folder " + folder + " belongs to " + OwnerOnly.owner(folder) + ", who can replace the files in it",
                    "have db.url name a folder of the user who runs avatar-monitor",
                    false));
        }
        for (Path file : files()) {
            try {
                problemOf(file).ifPresent(problems::add);
            } catch (NoSuchFileException gone) {
                log.debug("file of the embedded database is gone meanwhile file={}", file);
            }
        }
        return problems;
    }

    private static Optional<LocalAccess> problemOf(Path file) throws IOException {
        if (!OwnerOnly.rightsOfOthers(file).isEmpty()) {
            return Optional.of(new LocalAccess(
                    "file " + file + " (" + OwnerOnly.shown(file) + ") is open to other users",
                    OwnerOnly.isOwn(file)
                            ? "chmod 600 " + file + "; a starting worker does so"
                            : "it belongs to " + OwnerOnly.owner(file)
                                    + ": run avatar-monitor as one user, who owns all files of the database",
                    true));
        }
        if (!OwnerOnly.isOwn(file)) {
            return Optional.of(new LocalAccess(
                    "file " + file + " belongs to " + OwnerOnly.owner(file),
                    "run avatar-monitor as one user, who owns all files of the database",
                    false));
        }
        return Optional.empty();
    }

    /**
     * Returns whether the sticky bit is set, as on {@code /tmp}: users can delete only their own files. Java has no
     * constant for that bit.
     */
    private boolean isSticky() throws IOException {
        Object mode = Files.getAttribute(folder, "unix:mode");
        return mode instanceof Integer bits && (bits & 01000) != 0;
    }

    /** Returns whether the folder belongs to the user of this process and contains only this database. */
    private boolean isOurs() throws IOException {
        if (!OwnerOnly.isOwn(folder)) {
            return false;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                if (!isOfDatabase(file)) {
                    return false;
                }
            }
            return true;
        }
    }

    private boolean isOfDatabase(Path file) {
        String name = file.getFileName().toString();
        String prefix = database.getFileName() + ".";
        return name.startsWith(prefix)
                && OF_H2.matcher(name.substring(prefix.length())).matches();
    }

    /** Returns the existing files of the database: data, lock, trace, logins, copies. */
    List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        if (!Files.isDirectory(folder) || !Files.isReadable(folder)) {
            return files;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, this::isOfDatabase)) {
            for (Path file : all) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    files.add(file);
                }
            }
        }
        return files;
    }
}
