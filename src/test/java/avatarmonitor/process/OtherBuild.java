package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The packaged program with one file of its jar changed. */
final class OtherBuild {
    private OtherBuild() {}

    /** Creates a release with one more migration. */
    static Path with(Path directory, String entry, String text) {
        return changed(directory, jar -> Files.writeString(jar.getPath(entry), text));
    }

    /** Creates a broken build: the first thread that needs the class gets an error. */
    static Path without(Path directory, String entry) {
        return changed(directory, jar -> Files.delete(jar.getPath(entry)));
    }

    /**
     * Creates a build from changed sources.
     *
     * @param edits change of each source file, by its path below {@code avatarmonitor}
     */
    static Path edited(Path directory, Map<String, UnaryOperator<String>> edits) {
        return changed(directory, jar -> {
            Path sources = Files.createTempDirectory(directory, "sources-");
            Path classes = Files.createTempDirectory(directory, "classes-");
            List<String> arguments = new ArrayList<>(List.of(
                    "-proc:none",
                    "-nowarn",
                    "--release",
                    "17",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-d",
                    classes.toString()));
            for (Map.Entry<String, UnaryOperator<String>> edit : edits.entrySet()) {
                Path original = Path.of("src/main/java/avatarmonitor", edit.getKey());
                Path file = sources.resolve(original.getFileName());
                Files.writeString(file, edit.getValue().apply(Files.readString(original)));
                arguments.add(file.toString());
            }
            ByteArrayOutputStream problems = new ByteArrayOutputStream();
            int code = ToolProvider.getSystemJavaCompiler()
                    .run(null, problems, problems, arguments.toArray(String[]::new));
            assertThat(code).as(problems.toString(StandardCharsets.UTF_8)).isZero();
            try (Stream<Path> made = Files.walk(classes)) {
                for (Path file : made.filter(Files::isRegularFile).toList()) {
                    Files.copy(
                            file,
                            jar.getPath(classes.relativize(file).toString()),
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
        });
    }

    private interface Change {
        void make(FileSystem jar) throws IOException;
    }

    private static Path changed(Path directory, Change change) {
        try {
            Path copy = Files.createTempFile(directory, "other-build-", ".jar");
            Files.write(copy, Files.readAllBytes(WorkerProcess.jar()));
            try (FileSystem jar = FileSystems.newFileSystem(copy)) {
                change.make(jar);
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
