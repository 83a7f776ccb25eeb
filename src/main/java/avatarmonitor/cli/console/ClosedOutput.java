package avatarmonitor.cli.console;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

/**
 * Detects that standard output has no reader any more, such as after {@code | head -1}, without writing to it: first a
 * process had the pipe open for reading, and then none does. Without {@code /proc}, and with a reader of another user,
 * only a failed write shows it.
 */
public final class ClosedOutput {
    private static final Path PROCESSES = Path.of("/proc");

    private final long writer;
    private final String destination;
    private boolean hadReader;

    /** For the standard output of this process. */
    public ClosedOutput() {
        this(ProcessHandle.current().pid());
    }

    /** For the standard output of a process. */
    ClosedOutput(long writer) {
        this.writer = writer;
        this.destination = target(PROCESSES.resolve(writer + "/fd/1"));
    }

    /** Returns whether the last reader is gone. Inspects all processes, which takes some milliseconds. */
    public boolean isGone() {
        if (!destination.startsWith("pipe:")) {
            return false;
        }
        boolean read = hasReader();
        hadReader |= read;
        return hadReader && !read;
    }

    /** Returns whether standard output goes to a file or device, and not to a reader, which may end at any time. */
    public boolean isFile() {
        return destination.startsWith("/");
    }

    private boolean hasReader() {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            for (Path process : processes) {
                if (!process.endsWith(String.valueOf(writer)) && reads(process)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Unknown; a write will show it.
            return true;
        }
        return false;
    }

    private boolean reads(Path process) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (destination.equals(target(file))
                        && Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)
                                .contains(PosixFilePermission.OWNER_READ)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException gone) {
            // The process ended meanwhile, or belongs to another user.
            return false;
        }
        return false;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }
}
