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
 * Files and folders with access for their owner only, whatever the umask is; the permissions are set at creation, not
 * afterwards. On file systems without POSIX permissions (Windows) the folder's own rules apply.
 */
final class OwnerOnly {
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");

    /** Owned by the user of this process, on Linux. */
    private static final Path SELF = Path.of("/proc/self");

    private OwnerOnly() {}

    /** Returns whether the file system of this path has POSIX owners and permissions. */
    static boolean isSupported(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] rights(Path path, Set<PosixFilePermission> rights) {
        return isSupported(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(rights)}
                : new FileAttribute<?>[0];
    }

    /** Creates an empty file; returns false when it exists, and leaves it unchanged. */
    static boolean createFile(Path file) throws IOException {
        try {
            Path unused = Files.createFile(file, rights(file, FILE));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Creates a folder and its missing parents. */
    static void createFolders(Path folder) throws IOException {
        Path unused = Files.createDirectories(folder, rights(folder, FOLDER));
    }

    /** Returns the permissions of others; empty when only the owner has any, or the file system has none. */
    static Set<PosixFilePermission> rightsOfOthers(Path path) throws IOException {
        if (!isSupported(path)) {
            return Set.of();
        }
        Set<PosixFilePermission> rights = EnumSet.noneOf(PosixFilePermission.class);
        rights.addAll(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        rights.removeAll(FOLDER);
        return rights;
    }

    /** Removes all permissions of group and others. */
    static void restrict(Path path) throws IOException {
        Set<PosixFilePermission> others = rightsOfOthers(path);
        if (!others.isEmpty()) {
            Set<PosixFilePermission> rights = EnumSet.copyOf(Files.getPosixFilePermissions(path));
            rights.removeAll(others);
            Path unused = Files.setPosixFilePermissions(path, rights);
        }
    }

    /** Returns the permissions in the form of {@code ls -l}, such as {@code rwxr-xr-x}. */
    static String shown(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** Name of the owner; null when it is unknown. */
    static @Nullable String owner(Path path) {
        UserPrincipal owner = principal(path);
        return owner == null ? null : owner.getName();
    }

    /** Returns whether it belongs to the user of this process, who may have no name, as in a container. */
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
