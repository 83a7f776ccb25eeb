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

/** Temporary directory for all files of the demo. */
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

    /** JDBC URL of the database in the form of {@code db.url}. */
    String databaseUrl() {
        return "jdbc:h2:file:" + path.resolve(DATABASE);
    }

    /**
     * Waits until H2 has closed its files, which it does once it notices that the sessions of a killed worker are gone.
     * Before that it would write its lock file again after the directory was deleted.
     */
    void awaitDatabaseClosed() {
        Path lock = path.resolve(DATABASE + ".lock.db");
        long started = System.nanoTime();
        while (Files.exists(lock) && System.nanoTime() - started < CLOSE_WAIT.toNanos()) {
            LockSupport.parkNanos(CLOSE_POLL.toNanos());
        }
    }

    /** Returns the last lines of the worker's log; empty when there is no log. */
    List<String> logTail(int lines) {
        try (Stream<String> all = Files.lines(workerLog())) {
            List<String> read = all.limit(LINES_READ_MAX).collect(Collectors.toList());
            return read.subList(Math.max(0, read.size() - lines), read.size());
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    /** Deletes the directory recursively. Ignores files that vanish meanwhile, as the database's own files may. */
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
