package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The limits table of docs/security.md names keys, constants and tests that exist. */
class SecurityDocumentTest {
    private static final Path MAIN = Path.of("src/main/java/avatarmonitor");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");
    private static final Pattern CONSTANT = Pattern.compile("([a-z]+(?:/[a-z]+)?/[A-Z]\\w+)\\.([A-Z][A-Z_]+)");
    private static final Set<String> KEYS = new HashSet<>(ShippedKeys.load().names());

    /** A row: what, limit, key or constant, test. */
    private static List<String[]> rows() throws IOException {
        String text = Files.readString(Path.of("docs/security.md"));
        return text.substring(text.indexOf("\n## Limits\n"))
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| what |"))
                .map(line -> line.substring(2).split(" ?\\| ?", -1))
                .toList();
    }

    @Test
    void everyKeyAndConstantExists() throws IOException {
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (String[] row : rows()) {
            for (String name : names(row[2])) {
                named++;
                Matcher constant = CONSTANT.matcher(name);
                if (constant.matches() ? !holds(constant.group(1), constant.group(2)) : !KEYS.contains(name)) {
                    missing.add(name);
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(named).isGreaterThan(60);
    }

    @Test
    void everyTestExists() throws IOException {
        Map<String, String> tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            tests = files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            SecurityDocumentTest::text,
                            (one, other) -> one + other));
        }
        List<String> missing = new ArrayList<>();
        for (String[] row : rows()) {
            List<String> names = names(row[3]);
            assertThat(names).as(row[0]).isNotEmpty();
            for (String name : names) {
                String[] parts = name.split("\\.", 2);
                String text = tests.getOrDefault(parts[0], "");
                if (!text.contains("@") || (parts.length == 2 && !text.contains("void " + parts[1] + "("))) {
                    missing.add(name);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static boolean holds(String file, String constant) {
        return text(MAIN.resolve(file + ".java")).matches("(?s).*\\bstatic final \\w+ " + constant + " =.*");
    }

    private static List<String> names(String cell) {
        return NAME.matcher(cell).results().map(found -> found.group(1)).toList();
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
