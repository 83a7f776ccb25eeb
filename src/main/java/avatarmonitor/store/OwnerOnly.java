package avatarmonitor.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files and folders that only their owner may read and write, whatever the umask is: they are made with these rights and not given them
 * afterwards. Where the file system knows no such rights (Windows) the folder's own rules hold.
 */
final class OwnerOnly {
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");

    /** Belongs to the user of this process, on Linux. */
    private static final Path SELF = Path.of("/proc/self");

    private OwnerOnly() {}

    /** Whether the file system of this path has owners and rights as POSIX defines them. */
    static boolean isSupported(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] rights(Path path, Set<PosixFilePermission> rights) {
        return isSupported(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(rights)}
                : new FileAttribute<?>[0];
    }

    /** Makes an empty file; false when there is one already, which is left as it is. */
    static boolean createFile(Path file) throws IOException {
        try {
            Path unused = Files.createFile(file, rights(file, FILE));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Makes a folder and those above it that are missing. */
    static void createFolders(Path folder) throws IOException {
        Path unused = Files.createDirectories(folder, rights(folder, FOLDER));
    }

    /** What others may do with it; empty when only the owner has rights, or there are none on this file system. */
    static Set<PosixFilePermission> rightsOfOthers(Path path) throws IOException {
        if (!isSupported(path)) {
            return Set.of();
        }
        Set<PosixFilePermission> rights = EnumSet.noneOf(PosixFilePermission.class);
        rights.addAll(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        rights.removeAll(FOLDER);
        return rights;
    }

    /** Takes all rights from everybody but the owner. */
    static void restrict(Path path) throws IOException {
        Set<PosixFilePermission> others = rightsOfOthers(path);
        if (!others.isEmpty()) {
            Set<PosixFilePermission> rights = EnumSet.copyOf(Files.getPosixFilePermissions(path));
            rights.removeAll(others);
            Path unused = Files.setPosixFilePermissions(path, rights);
        }
    }

    /** Rights in the form of {@code ls -l}, such as {@code rwxr-xr-x}. */
    static String shown(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** Name of the owner; null when it cannot be told. */
    static @Nullable String owner(Path path) {
        UserPrincipal owner = principal(path);
        return owner == null ? null : owner.getName();
    }

    /** Whether it belongs to the user of this process, who may have no name, as in a container. */
    static boolean isOwn(Path path) {
        UserPrincipal owner = principal(path);
        UserPrincipal self = principal(SELF);
        return owner != null
                && (self == null ? owner.getName().equals(System.getProperty("user.name")) : owner.equals(self));
    }

    private static @Nullable UserPrincipal principal(Path path) {
        try {
            return Files.getOwner(path);
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }
}
