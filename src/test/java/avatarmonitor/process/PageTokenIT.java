package avatarmonitor.process;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Dashboard.Look;
import avatarmonitor.testing.TestDatabase;
import com.microsoft.playwright.Route;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A worker that other machines can reach and that requires a token for reading, in a real browser. */
final class PageTokenIT {
    private static final String TOKEN = "token-of-the-dashboard-test";

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @RegisterExtension
    private final Site site =
            Site.on(TestDatabase.POSTGRESQL_18).with("http.enabled", "true").with("http.host", "0.0.0.0");

    private final int port = DashboardIT.freePort();
    private final String address = "http://127.0.0.1:" + port;

    @BeforeEach
    void train() {
        site.write(avatars -> {
            var ada = site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS));
            avatars.run(
                    "UPDATE avatars SET name = 'Ada' WHERE id = ?", ada.avatar().value());
        });
    }

    private WorkerProcess startWorker(String token) {
        return site.with("http.port", String.valueOf(port))
                .with("http.token", token)
                .startWorker()
                .awaitStarted();
    }

    @Test
    void nothingIsShownWithoutTheToken() {
        startWorker(TOKEN);
        try (Dashboard dashboard = CHROMIUM.open(address, Look.NARROW)) {
            List<Route> streams = new CopyOnWriteArrayList<>();
            dashboard.page().route("**/api/v1/stream", streams::add);
            dashboard.visit("#/avatars");
            assertThat(dashboard.page().locator("#token")).isVisible();
            dashboard.page().locator("#token-cancel").click();
            // The stream is refused only now: the page does not ask again.
            dashboard.page().unroute("**/api/v1/stream");
            streams.forEach(Route::resume);
            dashboard.awaitText("#banner", "requires a token for reading");
            assertThat(dashboard.page().locator("#token")).isHidden();
            assertThat(dashboard.page().locator("main")).not().containsText("Ada");
            dashboard.button("Enter token").click();
            DashboardIT.giveToken(dashboard, TOKEN);
            dashboard.awaitLive().awaitRow("Ada");
            assertThat(dashboard.complaintsButFailedRequests()).isEmpty();
        }
    }

    /** The values on the page stay, but are no longer those of now. */
    @Test
    void tokenThatIsNoLongerValidIsSaidInTheTitleToo() {
        WorkerProcess worker = startWorker(TOKEN);
        try (Dashboard dashboard = CHROMIUM.open(address, Look.LIGHT)) {
            dashboard.visit("#/avatars");
            DashboardIT.giveToken(dashboard, TOKEN);
            dashboard.awaitLive().awaitRow("Ada");
            assertThat(dashboard.page()).hasTitle("Monitored – avatar-monitor");

            worker.sigkill();
            startWorker("another-token-of-the-test");
            assertThat(dashboard.page().locator("#token")).isVisible();
            assertThat(dashboard.page()).hasTitle("Token needed – Monitored – avatar-monitor");
            assertThat(dashboard.page().locator("body")).hasClass(Pattern.compile("(^|.* )stale( .*|$)"));
            DashboardIT.giveToken(dashboard, "another-token-of-the-test");
            dashboard.awaitLive().awaitRow("Ada");
            assertThat(dashboard.page()).hasTitle("Monitored – avatar-monitor");
            assertThat(dashboard.complaintsButFailedRequests()).isEmpty();
        }
    }
}
