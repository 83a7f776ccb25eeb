package avatarmonitor.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The temporary directory that holds everything the demo writes. */
final class DemoDirectory {
    private static final int LINES_READ_MAX = 100_000;
    private static final String DATABASE = "avatar-monitor";
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(3);
    private static final Duration CLOSE_POLL = Duration.ofMillis(20);

    private final Path path;

    private DemoDirectory(Path path) {
        this.path = path;
    }

    static DemoDirectory create() {
        try {
            return new DemoDirectory(Files.createTempDirectory("avatar-monitor-demo-"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary directory: " + e.getMessage(), e);
        }
    }

    Path path() {
        return path;
    }

    Path workerLog() {
        return path.resolve("worker.log");
    }

    /** As {@code db.url} wants it. */
    String databaseUrl() {
        return "jdbc:h2:file:" + path.resolve(DATABASE);
    }

    /**
     * Waits until H2 has let go of its files, which it does as soon as it notices that a killed worker's sessions are gone:
     * until then it would write its lock file anew after everything was deleted.
     */
    void awaitDatabaseClosed() {
        Path lock = path.resolve(DATABASE + ".lock.db");
        long started = System.nanoTime();
        while (Files.exists(lock) && System.nanoTime() - started < CLOSE_WAIT.toNanos()) {
            LockSupport.parkNanos(CLOSE_POLL.toNanos());
        }
    }

    /** The last lines of the worker's log; empty when there is none. */
    List<String> logTail(int lines) {
        try (Stream<String> all = Files.lines(workerLog())) {
            List<String> read = all.limit(LINES_READ_MAX).collect(Collectors.toList());
            return read.subList(Math.max(0, read.size() - lines), read.size());
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    /** Deletes it with all that is in it; a file that vanishes meanwhile, as the database's own do, is no failure. */
    void delete() {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException gone) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path + ": " + e.getMessage(), e);
        }
    }
}
