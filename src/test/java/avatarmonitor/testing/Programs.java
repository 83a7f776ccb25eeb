package avatarmonitor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import avatarmonitor.store.StoreConfig;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of the operating system that some tests need beside JDK and Maven. */
public final class Programs {
    private static final Path POSTGRESQL = Path.of("/usr/lib/postgresql");
    private static final int LONGEST_SECONDS = 60;

    private Programs() {}

    /** A finished program with its output. */
    public record Ran(int exit, String out, String err) {}

    /**
     * Returns the path of an installed program. Where it is missing, prints that the test is left out and skips it; in
     * CI the test fails.
     */
    public static Path require(Class<?> test, String program, String debianPackage) {
        Optional<Path> found = find(program);
        String remedy = test.getSimpleName() + " was left out: " + program + " is missing (install: apt-get install "
                + debianPackage + ")";
        if (found.isEmpty()) {
            assertThat(System.getenv("CI")).as(remedy).isNotEqualTo("true");
            System.out.println(remedy);
        }
        assumeTrue(found.isPresent(), remedy);
        return found.orElseThrow();
    }

    /** Looks on the path, then where Debian keeps PostgreSQL's programs. */
    private static Optional<Path> find(String program) {
        List<Path> places = new ArrayList<>();
        for (String directory : String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1)) {
            places.add(Path.of(directory, program));
        }
        if (Files.isDirectory(POSTGRESQL)) {
            try (Stream<Path> versions = Files.list(POSTGRESQL)) {
                versions.sorted(Comparator.reverseOrder())
                        .map(version -> version.resolve("bin").resolve(program))
                        .forEach(places::add);
            } catch (IOException unreadable) {
                // The path was searched.
            }
        }
        return places.stream().filter(Files::isExecutable).findFirst();
    }

    /** Returns the variables with which the programs of PostgreSQL reach a database. */
    public static Map<String, String> environment(StoreConfig database) {
        URI server = URI.create(database.url().substring("jdbc:".length()));
        return Map.of(
                "PGHOST", server.getHost(),
                "PGPORT", String.valueOf(server.getPort()),
                "PGDATABASE", server.getPath().substring(1),
                "PGUSER", database.user(),
                "PGPASSWORD", database.password());
    }

    /** Runs a program to its end, which must come within a minute. */
    public static Ran run(Map<String, String> environment, String... command) {
        try {
            return finished(environment, command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Ran finished(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("out", ".txt");
        Path err = Files.createTempFile("err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
            assertThat(ended).as("%s ends", List.of(command)).isTrue();
            return new Ran(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            process.destroyForcibly();
            Files.delete(out);
            Files.delete(err);
        }
    }
}
