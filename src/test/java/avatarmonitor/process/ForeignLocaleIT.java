package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Year;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** JVMs whose default locale has other digits, letters and years, and a time zone that PostgreSQL does not know. */
class ForeignLocaleIT {
    private static final String ARABIC =
            "-Duser.timezone=IST -Duser.language=ar -Duser.country=EG -Duser.extensions=u-nu-arab";
    private static final String THAI =
            "-Duser.timezone=Asia/Bangkok -Duser.language=th -Duser.country=TH -Duser.extensions=u-ca-buddhist-nu-thai";
    private static final String TURKISH = "-Duser.timezone=Europe/Istanbul -Duser.language=tr -Duser.country=TR";

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18);

    @Test
    void workerPageMetricsAndCommandsAreTheSameInAnyJvm() throws Exception {
        int port = DashboardIT.freePort();
        site.with("http.enabled", "true").with("http.port", String.valueOf(port));
        site.write(avatars -> {
            for (int i = 0; i < 12; i++) {
                site.train(avatars, i % 2 == 0 ? "portrait" : "STYLE", Scenario.ended(Outcome.success()));
            }
        });
        site.withJvmOptions(ARABIC).startWorker().awaitStarted();
        site.awaitAllEnded();
        for (String path : new String[] {"/metrics", "/api/v1/overview", "/api/v1/avatars", "/readyz"}) {
            // The first probe of a busy machine may take too long to be ready.
            HttpResponse<String> answer = await().atMost(WorkerProcess.START_MAX)
                    .until(
                            () -> HttpClient.newHttpClient()
                                    .send(
                                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                                    .timeout(Duration.ofSeconds(30))
                                                    .build(),
                                            HttpResponse.BodyHandlers.ofString()),
                            got -> got.statusCode() == 200);
            assertThat(answer.body()).as(path).isNotEmpty().matches("(?s)\\p{ASCII}*");
        }
        for (String jvm : new String[] {ARABIC, THAI, TURKISH}) {
            WorkerProcess events = site.withJvmOptions(jvm).run("events", "--json");
            assertThat(events.exitCode(WorkerProcess.START_MAX)).isZero();
            assertThat(events.output())
                    .contains("\"at\": \"" + Year.now(ZoneOffset.UTC) + "-")
                    .matches("(?s)\\p{ASCII}*");
        }
    }
}
