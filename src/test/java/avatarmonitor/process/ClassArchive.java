package avatarmonitor.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The class archive with which the packaged program starts in two thirds of the processor time, as after {@code
 * bin/prepare-cache} of a release. Made once for each jar and used by all JVMs of the tests.
 */
final class ClassArchive {
    private ClassArchive() {}

    /** Returns the JVM options that use the archive; none where this Java makes no archive. */
    static List<String> options() {
        return Made.OPTIONS;
    }

    private static final class Made {
        static final List<String> OPTIONS = make(WorkerProcess.jar());

        private static List<String> make(Path jar) {
            Path archive = jar.resolveSibling("test-classes-of-the-jar.jsa");
            try (FileChannel lock = FileChannel.open(
                            jar.resolveSibling("test-classes-of-the-jar.lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock held = lock.lock()) {
                if (held.isValid() && !isFor(jar, archive)) {
                    record(jar, archive);
                }
                // A JVM that cannot use the archive starts without it, and says so at the level of warnings.
                return isFor(jar, archive)
                        ? List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:cds=error")
                        : List.of();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        private static boolean isFor(Path jar, Path archive) throws IOException {
            return Files.exists(archive)
                    && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) > 0;
        }

        private static void record(Path jar, Path archive) throws IOException, InterruptedException {
            Path log = Files.createTempFile("class-archive-", ".log");
            Path made = archive.resolveSibling(archive.getFileName() + ".new");
            Process trial = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            WorkerProcess.SHORT_LIFE.get(0),
                            WorkerProcess.SHORT_LIFE.get(1),
                            "-XX:ArchiveClassesAtExit=" + made,
                            "-jar",
                            jar.toString(),
                            "rehearse")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (trial.waitFor() != 0) {
                throw new IllegalStateException(Files.readString(log));
            }
            if (Files.exists(made)) {
                Files.move(made, archive, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.delete(log);
        }
    }
}
