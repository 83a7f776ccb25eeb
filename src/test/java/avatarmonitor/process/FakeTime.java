package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * The clock of one process, which a test can set at any time with a delay of a second; uses libfaketime from the
 * package faketime of Debian and Ubuntu.
 */
final class FakeTime {
    private final Path library;
    private final Path file;

    private FakeTime(Path library, Path file) {
        this.library = library;
        this.file = file;
    }

    /** Prints what is left out when the library is missing, or fails in CI. */
    static FakeTime right(Path directory, Class<?> test) {
        Optional<Path> library = library();
        String remedy =
                test.getSimpleName() + " was left out: libfaketime is missing (install: apt-get install faketime)";
        if (library.isEmpty()) {
            assertThat(System.getenv("CI")).as(remedy).isNotEqualTo("true");
            System.out.println(remedy);
        }
        assumeTrue(library.isPresent(), remedy);
        try {
            FakeTime time = new FakeTime(library.get(), Files.createTempFile(directory, "clock-", ""));
            time.ahead(0);
            return time;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> library() {
        try (DirectoryStream<Path> machines = Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-gnu*")) {
            for (Path machine : machines) {
                Path library = machine.resolve("faketime/libfaketimeMT.so.1");
                if (Files.isReadable(library)) {
                    return Optional.of(library);
                }
            }
            return Optional.empty();
        } catch (IOException noSuchDirectory) {
            return Optional.empty();
        }
    }

    /** Sets the clock this many seconds ahead of the machine's, or behind it. Monotonic time is unaffected. */
    FakeTime ahead(int seconds) {
        try {
            // Atomic replacement, since the process reads the file once a second.
            Path next = Files.writeString(
                    file.resolveSibling(file.getFileName() + ".next"), (seconds < 0 ? "" : "+") + seconds + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Environment variables of the process. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                // Its workaround for old C libraries ends every timed wait of a JVM at once, so that threads spin.
                "FAKETIME_FORCE_MONOTONIC_FIX", "0");
    }
}
