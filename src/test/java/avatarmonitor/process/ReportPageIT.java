package avatarmonitor.process;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.process.Dashboard.Look;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The report on the dashboard of a real worker, in a real browser. */
final class ReportPageIT {
    private static final String TOKEN = "token-of-the-report-test";

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18).with("http.enabled", "true");

    private final int port = DashboardIT.freePort();
    private final String address = "http://127.0.0.1:" + port;

    @Test
    void reportShowsHowTrainingsEndedAndReconcilesNow() throws IOException {
        Instant inserted = Instant.now().truncatedTo(ChronoUnit.HOURS);
        site.write(avatars -> {
            end(avatars, "PORTRAIT", "completed", Duration.ofHours(1), Duration.ofSeconds(100), "");
            end(avatars, "PORTRAIT", "completed", Duration.ofHours(2), Duration.ofMinutes(5), "");
            end(avatars, "STYLE", "completed", Duration.ofHours(2), Duration.ofMinutes(90), "");
            end(avatars, "STYLE", "failed", Duration.ofHours(5), Duration.ofSeconds(30), "The archive is broken");
            end(avatars, "STYLE", "cancelled", Duration.ofHours(5), Duration.ofSeconds(30), "");
            end(avatars, "STYLE", "completed", Duration.ofHours(30), Duration.ofSeconds(30), "");
            avatars.run("""
                    INSERT INTO avatar_monitor_load VALUES (date_trunc('hour', current_timestamp, 'UTC') - INTERVAL '3 hours', 'berlin',
                      40, 6000, 20000, 1, 50, 47)""");
        });
        site.with("http.token", TOKEN);
        site.with("http.port", String.valueOf(port)).startWorker().awaitStarted();
        List<String> found = new ArrayList<>();
        for (Look look : Look.values()) {
            try (Dashboard dashboard = CHROMIUM.open(address, look)) {
                dashboard.visit("#/report").awaitLive().awaitRow("The archive is broken");
                DashboardIT.judge(dashboard, look, found);
                dashboard.page().locator("summary").click();
                DashboardIT.judge(dashboard, look, found);
                assertThat(dashboard.complaints()).isEmpty();
            }
        }
        assertThat(found).isEmpty();
        try (Dashboard dashboard = CHROMIUM.open(address, Look.LIGHT)) {
            dashboard.visit("").awaitLive().press("gr", "Report");
            Page page = dashboard.page();
            assertThat(page.locator(".ends .number")).hasText(new String[] {"3", "1", "1", "75 %"});
            assertThat(page.locator(".ends .aside")).hasText(new String[] {
                "1 in the 24 hours before",
                "0 in the 24 hours before",
                "0 in the 24 hours before",
                "100 % in the 24 hours before, −25 points"
            });
            assertThat(page.locator("svg[aria-labelledby^=ends] .place")).hasCount(24);
            // An hour may have begun since the rows were inserted.
            long gone = ChronoUnit.HOURS.between(inserted, Instant.now().truncatedTo(ChronoUnit.HOURS));
            String twoHoursAgo = "svg[aria-labelledby^=ends] g:nth-of-type(" + (22 - gone) + ")";
            assertThat(page.locator(twoHoursAgo + " .completed, " + twoHoursAgo + " .failed"))
                    .hasCount(1);
            assertThat(page.locator("svg[aria-labelledby^=ends] rect.failed")).hasCount(1);
            assertThat(page.locator("svg .end").getByText("3m 20s / 4m 50s")).isVisible();
            assertThat(dashboard.awaitRow("style")).containsText("1h 30m");
            assertThat(dashboard.awaitRow("The archive is broken")).containsText("100 %");

            assertThat(page.locator("svg[aria-labelledby^=requests] desc")).containsText("3 unanswered");
            assertThat(page.locator("svg[aria-labelledby^=requests] g:nth-of-type(" + (21 - gone) + ") rect.failed"))
                    .hasCount(1);
            assertThat(page.locator("svg[aria-labelledby^=delays] g:nth-of-type(" + (21 - gone) + ") > title"))
                    .containsText("average 150 ms, maximum 20.0 s, 1 of 40 checks more than 10 s late");

            page.getByRole(AriaRole.LINK, DashboardIT.named("The archive is broken"))
                    .click();
            assertThat(page.locator(".ends .number")).hasText(new String[] {"0", "1", "0", "0 %"});
            page.locator("#of-error").fill("");
            page.keyboard().press("Enter");
            page.locator("#of-from").fill("2000-01-01T00:00");
            page.locator("#of-from").blur();
            dashboard.awaitText(".page", "more than 92 days apart");
            page.locator("#of-to").fill("2000-01-03T00:00");
            page.locator("#of-to").blur();
            assertThat(page.locator("svg[aria-labelledby^=ends] .place")).hasCount(48);
            page.getByRole(AriaRole.LINK, DashboardIT.named("Day")).click();
            assertThat(page.locator("svg[aria-labelledby^=ends] .place")).hasCount(24);

            page.locator("#of-type").fill("portrait");
            page.keyboard().press("Enter");
            assertThat(page.locator(".ends .number")).hasText(new String[] {"2", "0", "0", "100 %"});
            page.getByRole(AriaRole.LINK, DashboardIT.named("Week")).click();
            assertThat(page.locator("svg[aria-labelledby^=ends] .place")).hasCount(7);
            assertThat(page).hasURL(address + "/#/report?period=week&type=portrait");
            page.locator("#of-worker").fill("nobody");
            page.keyboard().press("Enter");
            dashboard.awaitText(".page", "No training completed in this period.");

            dashboard.button("Reconcile now").click();
            DashboardIT.giveToken(dashboard, TOKEN);
            dashboard.awaitText(
                    ".reconcile .result", "Nothing to do: every training that can be monitored is monitored.");
            Download csv = page.waitForDownload(() ->
                    page.getByRole(AriaRole.LINK, DashboardIT.named("CSV")).click());
            assertThat(Files.readAllLines(csv.path()))
                    .hasSize(8)
                    .allMatch(line -> line.startsWith("from,completed,failed,cancelled,fires,")
                            || line.endsWith("Z,0,0,0,0,,,0,0,0,0"));
            dashboard.visit("#/events");
            assertThat(dashboard.awaitRow("operator action")).containsText("action reconcile");
            assertThat(dashboard.awaitRow("operator action")).containsText("http.token");
            assertThat(dashboard.complaintsButFailedRequests()).isEmpty();
        }
    }

    /** Inserts an avatar whose training has ended, with its event. */
    static void end(Avatars avatars, String type, String event, Duration ago, Duration took, String reason) {
        UUID id = UUID.randomUUID();
        Instant at = Instant.now().minus(ago);
        avatars.run(
                """
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                VALUES (?, 'Ada', ?, ?, CAST(? AS text), ?)""",
                id,
                type,
                event.equals("completed") ? "COMPLETED" : event.equals("failed") ? "ERROR" : "CANCELLED",
                id.toString(),
                at.minus(took).atOffset(ZoneOffset.UTC));
        JsonObject detail = new JsonObject();
        detail.addProperty("reason", reason);
        avatars.run("""
                INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail)
                VALUES (?, ?, ?, 'berlin', ?, CAST(? AS jsonb))""", at.atOffset(ZoneOffset.UTC), id, id.toString(), event, detail.toString());
    }
}
