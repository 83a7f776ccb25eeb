package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The shipped file and the documentation describe every key correctly, and no others. */
class ConfigDocumentationTest {
    private static final Pattern COMMENT = Pattern.compile("# (.+) \\[(.+)]");
    private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\| `([^`]+)` \\| (.+)\\. \\| `(.+)` \\|");

    /** A key as documented. */
    record Entry(String standard, String meaning, String variables) {}

    @Test
    void everyKeyOfTheFileHasOneLineThatExplainsItAndNamesItsVariable() throws Exception {
        Map<String, Entry> entries = fileEntries();

        assertThat(entries.keySet())
                .containsExactlyElementsOf(ShippedKeys.load().names());
        entries.forEach((key, entry) -> {
            assertThat(entry.meaning()).as(key).isNotBlank();
            assertThat(entry.variables()).as(key).startsWith(ShippedKeys.variable(key));
        });
    }

    @Test
    void documentationSaysWhatTheFileSays() throws Exception {
        Map<String, Entry> rows = new LinkedHashMap<>();
        Files.readAllLines(Path.of("docs/configuration.md")).forEach(line -> {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.put(row.group(1), new Entry(row.group(2), row.group(3), words(row.group(4))));
            }
        });

        Map<String, Entry> entries = fileEntries();
        entries.replaceAll((key, e) -> new Entry(e.standard(), e.meaning(), words(e.variables())));
        assertThat(rows).containsExactlyEntriesOf(entries);
    }

    /** The limits in the comments match the code: one step beyond each is rejected. */
    @Test
    void limitsInTheCommentsAreTheLimits() throws Exception {
        Pattern limits = Pattern.compile(".*?, (\\d+)(ms|s|m|h|d)? to (\\d+)(ms|s|m|h|d)?(;.*)?");
        int compared = 0;
        for (Map.Entry<String, Entry> entry : fileEntries().entrySet()) {
            Matcher limit = limits.matcher(entry.getValue().meaning());
            if (!limit.matches()) {
                continue;
            }
            compared++;
            String least = limit.group(1) + orEmpty(limit.group(2));
            String most = limit.group(3) + orEmpty(limit.group(4));
            String beyond = Long.parseLong(limit.group(3)) + 1 + orEmpty(limit.group(4));
            assertThat(problemsOf(entry.getKey(), beyond))
                    .extracting(Problem::expected)
                    .as(entry.getKey())
                    .anyMatch(expected -> expected.endsWith("from " + least + " to " + most));
        }
        assertThat(compared).isEqualTo(22);
    }

    private static List<Problem> problemsOf(String key, String text) {
        return new ConfigFixture(Path.of("target"))
                .variable(ShippedKeys.variable(key), text)
                .problems();
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    private static String words(String variables) {
        return variables.replaceAll("[^A-Z_]+", " ");
    }

    private static Map<String, Entry> fileEntries() throws Exception {
        Map<String, Entry> entries = new LinkedHashMap<>();
        Deque<String> sections = new ArrayDeque<>();
        String comment = "";
        for (String raw : Files.readAllLines(Path.of(ShippedKeys.RESOURCE))) {
            String line = raw.strip();
            if (line.startsWith("#")) {
                comment = line;
            } else if (line.endsWith("{")) {
                sections.addLast(line.substring(0, line.length() - 1).strip() + ".");
            } else if (line.equals("}")) {
                sections.removeLast();
            } else if (!line.isEmpty()) {
                String[] keyAndValue = line.split(" = ", 2);
                Matcher parts = COMMENT.matcher(comment);
                assertThat(parts.matches()).as("comment above %s", line).isTrue();
                entries.put(
                        String.join("", sections) + keyAndValue[0],
                        new Entry(keyAndValue[1], parts.group(1), parts.group(2)));
                comment = "";
            }
        }
        return entries;
    }
}
