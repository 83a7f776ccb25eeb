package avatarmonitor.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import avatarmonitor.event.Event;
import avatarmonitor.event.EventType;
import avatarmonitor.hint.HintSource;
import avatarmonitor.inspect.WorkerFacts;
import avatarmonitor.testing.TestFacts;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped alert rules, the Grafana dashboard and the page about metrics name existing metrics only. */
class AlertRulesTest {
    private static final Path RULES = Path.of("config/prometheus");
    private static final Pattern METRIC = Pattern.compile("avatar_monitor_[a-z0-9_]+");
    private static final String REMEDY =
            "AlertRulesTest was left out in part: promtool is missing (install: apt-get install prometheus)";

    @ParameterizedTest
    @ValueSource(strings = {"config/prometheus/alerts.yml", "config/grafana/avatar-monitor.json", "docs/metrics.md"})
    void everyMetricThatIsSpokenOfIsServed(String file) throws IOException {
        assertThat(metrics(Files.readString(Path.of(file))))
                .hasSizeGreaterThan(5)
                .isSubsetOf(served());
    }

    @Test
    void everyMetricThatIsServedIsExplained() throws IOException {
        Set<String> explained = metrics(Files.readString(Path.of("docs/metrics.md")));
        assertThat(served().stream().filter(metric -> !metric.matches(".*_(bucket|count|sum|max)")))
                .isSubsetOf(explained);
    }

    @Test
    void dashboardIsJsonWithAPanelForEachQuestion() throws IOException {
        JsonObject dashboard = JsonParser.parseString(Files.readString(Path.of("config/grafana/avatar-monitor.json")))
                .getAsJsonObject();
        assertThat(dashboard.get("title").getAsString()).isEqualTo("avatar-monitor");
        assertThat(dashboard.getAsJsonArray("panels")).hasSizeGreaterThan(10);
    }

    @Test
    void prometheusAcceptsTheRulesAndEachComesWhenItMust() throws Exception {
        boolean there = Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
        if (!there) {
            assertThat(System.getenv("CI")).as(REMEDY).isNotEqualTo("true");
            System.out.println(REMEDY);
        }
        assumeTrue(there, REMEDY);
        assertSucceeds("promtool", "check", "rules", "alerts.yml");
        assertSucceeds("promtool", "test", "rules", "alerts_test.yml");
    }

    private static void assertSucceeds(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(RULES.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    private static Set<String> metrics(String text) {
        return METRIC.matcher(text)
                .results()
                .map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> served() {
        Meters meters = new Meters();
        try {
            meters.flag("fal_paused", "", () -> false);
            meters.flag("listening", "", () -> false);
            meters.flag("paused_by_operator", "", () -> false);
            meters.asked("200", Duration.ZERO);
            meters.checkDelay(Duration.ZERO);
            meters.askedHistory("200", Duration.ZERO);
            meters.found(HintSource.HISTORY);
            meters.proven(true);
            meters.happened(new Event(Instant.EPOCH, null, null, "w", EventType.REPAIRED, new JsonObject()));
            Map<String, Long> counts = new HashMap<>();
            List.of(
                            "training",
                            "watched",
                            "late",
                            "failing",
                            "unwatched",
                            "unmonitored",
                            "stalled",
                            "stuck",
                            "invalid",
                            "ends_refused")
                    .forEach(name -> counts.put(name, 1L));
            WorkerFacts worker = WorkerFacts.of(
                    Map.of("instance", "w", "alive", true, "interval_ms", 60_000L, "requests_per_second_max", 5));
            meters.show(TestFacts.of(counts, 0, List.of(worker)));
            String scrape = meters.scrape()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .collect(Collectors.joining("\n"));
            Set<String> names = metrics(scrape);
            // A histogram is named without a suffix.
            names.addAll(names.stream()
                    .filter(name -> name.endsWith("_bucket"))
                    .map(name -> name.replaceFirst("_bucket$", ""))
                    .toList());
            return names;
        } finally {
            meters.close();
        }
    }
}
