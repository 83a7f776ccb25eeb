package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every PostgreSQL URL in examples verifies its server, since examples are copied. */
class DocumentedUrlsTest {
    private static final Pattern URL = Pattern.compile("jdbc:postgresql://[^\\s\"'`|;)]+?(?=[.,]?[\\s\"'`|;)])");

    /** The database of this example is in a private network on one machine, and its image has no certificate. */
    private static final Path TRIAL = Path.of("config/docker/compose.yaml");

    @Test
    void everyExampleVerifiesTheServer() throws IOException {
        List<String> examples = new ArrayList<>();
        List<String> unverified = new ArrayList<>();
        for (Path file : documents()) {
            Matcher url = URL.matcher(Files.readString(file));
            while (url.find()) {
                examples.add(url.group());
                if (!JdbcUrl.verifiesServer(url.group())) {
                    unverified.add(file + ": " + url.group());
                }
            }
        }
        assertThat(examples).hasSizeGreaterThan(8);
        assertThat(unverified).isEmpty();
    }

    private static List<Path> documents() throws IOException {
        List<Path> files =
                new ArrayList<>(List.of(Path.of("README.md"), Path.of("CONTRIBUTING.md"), Path.of("SECURITY.md")));
        for (String folder : List.of("docs", "config", "sql", "src/main/java/avatarmonitor/cli")) {
            try (Stream<Path> all = Files.walk(Path.of(folder))) {
                all.filter(file -> file.toString().matches(".*\\.(md|conf|ya?ml|service|sql|java)"))
                        .filter(file -> !file.equals(TRIAL))
                        .forEach(files::add);
            }
        }
        return files;
    }
}
