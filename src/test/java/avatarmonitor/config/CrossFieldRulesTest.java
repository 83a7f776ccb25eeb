package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contradictory values are rejected; the exact limit is allowed where it makes sense. */
class CrossFieldRulesTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            monitor.window = 59s                               | monitor.interval
            monitor.max-age = 119m, monitor.window = 2h        | monitor.window
            monitor.not-found-grace = 1d                       | monitor.not-found-grace
            reconcile.retry-delay = 61m                        | reconcile.retry-delay
            reconcile.interval = 24h                           | reconcile.interval
            history.retention = 23h, alerts.give-up-after = 1h | monitor.max-age
            fal.timeout = 49s, monitor.interval = 49s          | fal.timeout
            db.pool-size = 15                                  | db.pool-size
            db.pool-size = 37, worker.concurrency = 1000       | db.pool-size
            history.retention = 1d, alerts.give-up-after = 25h | alerts.give-up-after
            """)
    void contradictionIsReported(String lines, String key) {
        Problem problem = new ConfigFixture(directory).file(lines).problem();

        assertThat(problem.key()).isEqualTo(key);
        assertThat(problem.expected()).matches(".* \\([a-z.-]+ = \"\\d+[a-z]*\", (default|.*test.conf:1)\\)");
        assertThat(problem.advice()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            alerts.callback.url = "https://h/x"                                         | alerts.callback.secret
            alerts.email.to = "a@h", alerts.email.host = h                              | alerts.email.from
            alerts.email.to = "a@h", alerts.email.from = "a@h"                          | alerts.email.host
            alerts.email.user = me                                                      | alerts.email.password
            monitor.cancel-on = "gave_up, stalled", reconcile.stalled-action = error    | monitor.cancel-on
            alerts.email.password = p, alerts.email.tls = none, alerts.email.host = h   | alerts.email.tls
            """)
    void whatMakesNoSenseAloneIsReported(String lines, String key) {
        Problem problem = new ConfigFixture(directory).file(lines).problem();

        assertThat(problem.key()).isEqualTo(key);
        assertThat(problem.describe()).doesNotContain("https://h/x");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            monitor.window = 60s
            monitor.max-age = 2h, monitor.window = 2h
            monitor.not-found-grace = 23h
            reconcile.retry-delay = 60m
            reconcile.interval = 23h
            history.retention = 24h
            fal.timeout = 49s, monitor.interval = 50s
            db.pool-size = 16
            db.pool-size = 38, worker.concurrency = 1000
            history.retention = 1d, alerts.give-up-after = 1d
            alerts.email.password = p, alerts.email.tls = none, alerts.email.host = localhost
            """)
    void limitItselfIsNoContradiction(String lines) {
        assertThat(new ConfigFixture(directory).file(lines).load().effective()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http.host = 0.0.0.0                                | http.host
            http.host = "::"                                   | http.host
            http.host = monitor.example.com                    | http.host
            webhook.enabled = true, http.enabled = false       | webhook.enabled
            http.token-for-reading = always                    | http.token-for-reading
            """)
    void contradictionOfTheHttpSideIsReported(String lines, String key) {
        Problem problem = new ConfigFixture(directory).file(lines).problem();

        assertThat(problem.key()).isEqualTo(key);
        assertThat(problem.advice()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http.host = 0.0.0.0, http.token = 0123456789abcdef
            http.token-for-reading = always, http.token = 0123456789abcdef
            http.token-for-reading = always, http.enabled = false
            http.host = 0.0.0.0, http.enabled = false
            http.host = "::1"
            http.host = localhost
            http.host = 127.0.0.2
            """)
    void hostThatIsSafeIsTaken(String lines) {
        assertThat(new ConfigFixture(directory).file(lines).load().effective()).isNotEmpty();
    }

    @Test
    void localQueueMayBePolledFasterThanItsTimeout() {
        Settings settings = new ConfigFixture(directory)
                .file("monitor.interval = 1s", "fal.base-url = \"http://localhost:8089\"")
                .load();

        assertThat(settings.monitor().interval()).hasSeconds(1);
    }

    @Test
    void valueThatCannotBeReadIsNotComparedByItsDefault() {
        Problem problem = new ConfigFixture(directory)
                .file("monitor.window = tomorrow", "monitor.max-age = 30m", "reconcile.interval = 10m")
                .problem();

        assertThat(problem.key()).isEqualTo("monitor.window");
    }
}
