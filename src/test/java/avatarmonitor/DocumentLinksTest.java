package avatarmonitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every link in the documents to another document, a heading or a file of the repository is valid. */
class DocumentLinksTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern EXTERNAL = Pattern.compile("^[a-z]+:.*");
    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```");

    static Stream<Path> documents() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> top = Files.list(Path.of(""));
                Stream<Path> docs = Files.walk(Path.of("docs"))) {
            Stream.concat(top, docs)
                    .filter(path -> path.toString().endsWith(".md") || path.endsWith("llms.txt"))
                    .sorted()
                    .forEach(found::add);
        }
        assertThat(found)
                .hasSizeGreaterThan(20)
                .contains(Path.of("README.md"), Path.of("llms.txt"), Path.of("docs/adr/README.md"));
        return found.stream();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadSomewhere(Path document) throws IOException {
        List<String> broken = new ArrayList<>();
        Matcher links = LINK.matcher(text(document));
        while (links.find()) {
            String target = links.group(1);
            if (!EXTERNAL.matcher(target).matches() && !exists(document, target)) {
                broken.add(target);
            }
        }
        assertThat(broken).as("broken links of %s", document).isEmpty();
    }

    private static boolean exists(Path document, String target) {
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path path = file.isEmpty() ? document : document.resolveSibling(file).normalize();
        return Files.exists(path) && (hash < 0 || anchors(path).contains(target.substring(hash + 1)));
    }

    /** The anchors that GitHub gives to the headings of a document. */
    private static Set<String> anchors(Path document) {
        return text(document)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .replaceAll("\\[([^]]*)\\]\\([^)]*\\)", "$1")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static String text(Path document) {
        try {
            return FENCED.matcher(Files.readString(document)).replaceAll("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
