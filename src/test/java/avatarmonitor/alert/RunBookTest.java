package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.event.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The run book has a row for every alert, and for nothing else. */
class RunBookTest {
    private static final Path RUN_BOOK = Path.of("docs/operations.md");
    private static final Path RULES = Path.of("config/prometheus/alerts.yml");

    @Test
    void everyAlertHasARow() throws IOException {
        Set<String> kinds = Arrays.stream(AlertKind.values())
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(inColumn("## Alerts", 1, "`([a-z_]+)`")).isEqualTo(kinds);
    }

    @Test
    void everyPrometheusRuleHasARow() throws IOException {
        assertThat(inColumn("## Alerts", 2, "`(AvatarMonitor[A-Za-z]+)`"))
                .isEqualTo(found("alert: (AvatarMonitor[A-Za-z]+)", Files.readString(RULES)));
    }

    @Test
    void everyEventHasARow() throws IOException {
        Set<String> types =
                Arrays.stream(EventType.values()).map(EventType::column).collect(Collectors.toCollection(TreeSet::new));
        assertThat(inColumn("## Events", 1, "`([a-z_]+)`")).isEqualTo(types);
    }

    private static Set<String> inColumn(String heading, int column, String pattern) throws IOException {
        String text = Files.readString(RUN_BOOK);
        String section = text.substring(text.indexOf("\n" + heading + "\n") + heading.length() + 2);
        int next = section.indexOf("\n## ");
        String cells = (next < 0 ? section : section.substring(0, next))
                .lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> line.split("\\|", -1)[column])
                .collect(Collectors.joining("\n"));
        return found(pattern, cells);
    }

    private static Set<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
