package avatarmonitor.process;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.event.EventType;
import avatarmonitor.process.Dashboard.Look;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The dashboard of real workers, in a real browser. */
final class DashboardIT {
    private static final String TOKEN = "token-of-the-dashboard-test";
    private static final int MANY = 100_000;

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18).with("http.enabled", "true");

    private final int port = freePort();
    private final String address = "http://127.0.0.1:" + port;

    @Test
    void trainingsAppearAndChangeWithoutReload() {
        train("Ada", Scenario.stalled(Course.Stall.IN_PROGRESS));
        site.with("reconcile.scan-interval", "1s");
        startWorker();
        try (Dashboard dashboard = CHROMIUM.open(address, Look.LIGHT)) {
            dashboard.visit("").awaitLive().awaitText("h1", "The one training is monitored. Nothing is late.");
            dashboard.markDocument();

            String zoe = request(train("Zoe", Scenario.stalled(Course.Stall.IN_PROGRESS)));
            dashboard.awaitText("h1", "All 2 trainings are monitored. Nothing is late.");
            dashboard.awaitRow("watching");
            site.fal().change(zoe, Scenario.ended(Outcome.success()));
            dashboard.awaitRow("completed");
            dashboard.awaitText("h1", "The one training is monitored. Nothing is late.");
            dashboard.page().getByRole(AriaRole.LINK, named("1 completed")).click();
            dashboard.awaitRow("Zoe");
            assertThat(dashboard.awaitRow("Zoe")).containsText("completed");

            dashboard.page().getByRole(AriaRole.LINK, named("portrait")).first().click();
            dashboard.awaitText(".filters", "Type portrait").awaitRow("Zoe");
            dashboard.page().goBack();
            dashboard.page().keyboard().press("/");
            dashboard.page().keyboard().type("nobody");
            dashboard.awaitText(".state", "No row matches “nobody”.");
            dashboard.page().goBack();
            dashboard.awaitText("h1", "The one training is monitored.");
            assertThat(dashboard.isMarked()).as("never reloaded").isTrue();
            assertThat(dashboard.complaints()).isEmpty();
        }
    }

    @Test
    void actionsWorkOnceTheTokenIsGivenAndTheirEventsAppear() {
        AvatarId ada = train("Ada", Scenario.stalled(Course.Stall.IN_PROGRESS));
        site.with("http.token", TOKEN).with("reconcile.scan-interval", "1h");
        startWorker();
        try (Dashboard dashboard = CHROMIUM.open(address, Look.LIGHT);
                Dashboard other = CHROMIUM.open(address, Look.LIGHT)) {
            other.visit("#/events").awaitLive().awaitRow("watching");
            assertThat(other.page().locator("#type option").evaluateAll("all => all.map(one => one.value)"))
                    .as("types to filter by: all of them")
                    .isEqualTo(Stream.concat(
                                    Stream.of(""), Stream.of(EventType.values()).map(EventType::column))
                            .toList());
            dashboard.visit("#/avatars/" + ada).awaitLive().awaitText(".status", "monitored");

            dashboard.button("Check now").click();
            giveToken(dashboard, "not-the-token-of-the-server");
            dashboard.awaitText("#token-why", "refused this token");
            giveToken(dashboard, TOKEN);
            dashboard.awaitText(".result", "Still training");

            dashboard.button("Stop monitoring").click();
            dashboard.page().locator("#confirm-no").click();
            dashboard.awaitText(".status", "monitored");
            dashboard.button("Stop monitoring").click();
            dashboard.page().locator("#confirm-yes").click();
            dashboard.awaitText(".result", "No longer monitored.").awaitText(".status", "not monitored");

            dashboard.button("Monitor").click();
            dashboard.awaitText(".result", "Monitored").awaitText(".line", "restored");
            dashboard.button("Settings…").click();
            dashboard.page().locator("#settings-interval").fill("2h");
            dashboard.button("Monitor with these").click();
            dashboard.awaitText("#settings-why", "The interval must be from 1s to 1h, such as 90s, 30m or 2h.");
            dashboard.page().locator("#settings-interval").fill("30s");
            dashboard.page().locator("#settings-priority").fill("11");
            dashboard.button("Monitor with these").click();
            dashboard.awaitText("#settings-why", "The priority must be a whole number from 1 to 10");
            dashboard.page().locator("#settings-priority").fill("8");
            dashboard.button("Monitor with these").click();
            dashboard.awaitText(".words", "interval 30 s, priority 8").awaitText(".line", "overridden");
            dashboard.button("Settings…").click();
            dashboard.awaitText("#settings-present", "interval 30 s");
            dashboard.page().locator("#settings-window").fill("20s");
            dashboard.button("Monitor with these").click();
            dashboard.awaitText(".result", "longer than the window of 20 s");
            other.awaitRow("unwatched");
            other.awaitRow("restored");
            assertThat(dashboard.page().evaluate("() => JSON.stringify(localStorage)"))
                    .asString()
                    .doesNotContain(TOKEN);
            assertThat(dashboard.complaintsButFailedRequests()).isEmpty();
            assertThat(other.complaints()).isEmpty();
        }
    }

    @Test
    void deadOrSilentServerIsShownAsDisconnectedUntilItAnswersAgain() {
        AvatarId ada = train("Ada", Scenario.stalled(Course.Stall.IN_PROGRESS));
        WorkerProcess worker = startWorker();
        try (Dashboard dashboard = CHROMIUM.open(address, Look.LIGHT)) {
            dashboard.page().clock().install();
            dashboard.visit("#/avatars/" + ada).awaitLive().awaitText(".status", "monitored");
            dashboard.awaitText(".actions", "To enable actions, set http.token");
            assertThat(dashboard.button("Check now")).isDisabled();
            Locator banner = dashboard.page().locator("#banner");
            assertThat(banner).isHidden();

            worker.sigstop();
            dashboard.page().clock().fastForward("00:20");
            dashboard.awaitText("#connection", "Disconnected").awaitText("#banner", "Disconnected since");
            worker.sigcont();
            dashboard.awaitLive();
            assertThat(banner).isHidden();

            worker.sigkill();
            dashboard.awaitText("#connection", "Disconnected").awaitText("#banner", "Disconnected since");
            assertThat(dashboard.page()).hasTitle("Disconnected – Ada – avatar-monitor");
            dashboard.awaitText("h1", "Ada");
            startWorker();
            dashboard.awaitLive().awaitText(".status", "monitored");
            assertThat(banner).isHidden();
            assertThat(dashboard.complaintsButFailedRequests()).isEmpty();
        }
    }

    @Test
    void databaseThatIsAwayIsTheHeadlineAndOldFiguresAreNotShownAsNow() {
        train("Ada", Scenario.stalled(Course.Stall.IN_PROGRESS));
        TcpProxy network = site.behindProxy();
        startWorker();
        try (Dashboard open = CHROMIUM.open(address, Look.LIGHT);
                Dashboard opened = CHROMIUM.open(address, Look.LIGHT)) {
            open.visit("").awaitLive().awaitText("h1", "The one training is monitored.");
            open.awaitText(".chart .figure", "/s").awaitText(".facts", "answers");

            network.swallowEverything();
            opened.visit("");
            open.awaitText("h1", "The database is unavailable: no answer since ")
                    .awaitText("#connection", "Database unavailable");
            assertThat(open.page().locator(".chart .figure").first()).hasText("–");
            assertThat(open.page().locator(".facts")).isHidden();
            assertThat(open.page().getByText("Trainings now")).isHidden();
            open.awaitText(".strip h2", "Trainings at ");
            opened.awaitText("h1", "The database is unavailable").awaitText("#connection", "Database unavailable");
            assertThat(opened.page()).hasTitle("Database unavailable – Overview – avatar-monitor");
            assertThat(open.barriers()).isEmpty();

            network.letThrough();
            for (Dashboard either : List.of(open, opened)) {
                either.awaitLive()
                        .awaitText("h1", "The one training is monitored.")
                        .awaitText(".strip h2", "Trainings now");
                either.awaitText(".chart .figure", "/s").awaitText(".facts", "answers");
                assertThat(either.complaintsButFailedRequests()).isEmpty();
            }
        }
    }

    @Test
    void hundredThousandAvatarsArePagedSearchedAndSorted() {
        site.write(DashboardIT::plant);
        startWorker();
        try (Dashboard dashboard = CHROMIUM.open(address, Look.LIGHT)) {
            dashboard
                    .visit("")
                    .awaitLive()
                    .awaitText(
                            "h1",
                            "The rate limit is too low for 100,000 trainings: they need 50,000 requests per second, 100 are allowed.");
            dashboard.visit("#/avatars").awaitText("tbody", "Avatar 000001").awaitText(".pager", "1 to 50 of 100,000");
            for (int page = 1; page <= 3; page++) {
                dashboard.page().getByRole(AriaRole.LINK, named("Next")).click();
                dashboard.awaitText("tbody", "Avatar %06d".formatted(50 * page + 1));
            }
            dashboard.visit("#/avatars?offset=99950").awaitText("tbody", "Avatar 100000");
            dashboard.page().locator("#search").fill("avatar 054321");
            dashboard.awaitText("tbody tr:only-child", "Avatar 054321");
            dashboard.visit("#/avatars?sort=window_ends_at&order=desc").awaitText("tbody", "Avatar 100000");
            assertThat(dashboard.page().locator("tbody tr")).hasCount(50);
            assertThat(dashboard.complaints()).isEmpty();
        }
    }

    @Test
    void everyPageIsForEverybody() {
        AvatarId ada = train("Ada", Scenario.stalled(Course.Stall.IN_PROGRESS));
        site.write(avatars ->
                avatars.insert("PORTRAIT", "TRAINING", null, site.fal().now()));
        startWorker();
        List<String> found = new ArrayList<>();
        for (Look look : Look.values()) {
            try (Dashboard dashboard = CHROMIUM.open(address, look)) {
                dashboard
                        .visit("")
                        .awaitLive()
                        .awaitText("h1", "1 training is invalid")
                        .awaitRow("watching");
                judge(dashboard, look, found);
                dashboard.page().keyboard().press("?");
                judge(dashboard, look, found);
                dashboard.page().keyboard().press("Escape");
                assertThat(dashboard.page().locator("#shortcuts")).isHidden();
                dashboard.press("ga", "Avatars").awaitRow("Ada");
                judge(dashboard, look, found);
                dashboard.visit("#/avatars?state=invalid").awaitRow("no fal_request_id");
                judge(dashboard, look, found);
                dashboard.visit("#/avatars?state=stuck").awaitText(".state", "No trigger is stuck.");
                judge(dashboard, look, found);
                dashboard.visit("#/avatars/" + ada).awaitText(".line", "watching");
                judge(dashboard, look, found);
                dashboard.page().evaluate("() => document.getElementById('settings').showModal()");
                judge(dashboard, look, found);
                dashboard.page().keyboard().press("Escape");
                dashboard.press("gw", "Workers").awaitRow("alive");
                judge(dashboard, look, found);
                dashboard.press("ge", "Events").awaitRow("watching");
                judge(dashboard, look, found);
                dashboard.press("gr", "Report").awaitText(".page", "No training failed in this period.");
                judge(dashboard, look, found);
                assertThat(dashboard.complaints()).isEmpty();
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void twoKeysCountWhenTheyWerePressedSoonAfterOneAnotherHoweverLateThePageReadsThem() {
        startWorker();
        try (Dashboard dashboard = CHROMIUM.open(address, Look.LIGHT)) {
            dashboard.visit("").awaitLive();

            assertThat(dashboard.page().evaluate("""
                            () => {
                              const press = (key, at) => {
                                const event = new KeyboardEvent('keydown', { key, bubbles: true });
                                Object.defineProperty(event, 'timeStamp', { value: at });
                                document.body.dispatchEvent(event);
                                return location.hash;
                              };
                              return [press('g', 100_000), press('w', 101_500), press('g', 200_000), press('w', 201_499)];
                            }""")).isEqualTo(List.of("", "", "", "#/workers"));
            dashboard.awaitText("h1", "Workers");
        }
    }

    @Test
    void keysCountFromTheMomentInWhichADialogIsClosed() {
        startWorker();
        try (Dashboard dashboard = CHROMIUM.open(address, Look.LIGHT)) {
            dashboard.visit("").awaitLive();
            dashboard.page().keyboard().press("?");
            assertThat(dashboard.page().locator("#shortcuts-on")).isFocused();

            assertThat(dashboard.page().evaluate("""
                            () => {
                              const press = key => {
                                document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
                                return location.hash;
                              };
                              const open = [press('g'), press('w')];
                              document.getElementById('shortcuts').close();
                              return [...open, document.activeElement.id, press('g'), press('w')];
                            }""")).isEqualTo(List.of("", "", "shortcuts-on", "", "#/workers"));
            dashboard.awaitText("h1", "Workers");
        }
    }

    static void judge(Dashboard dashboard, Look look, List<String> found) {
        String where = look + " " + dashboard.page().url() + ": ";
        dashboard.barriers().forEach(barrier -> found.add(where + barrier));
        if (dashboard.overhang() > 0) {
            found.add(where + "scrolls sideways by " + dashboard.overhang());
        }
    }

    static void giveToken(Dashboard dashboard, String token) {
        dashboard.page().locator("#token-value").fill(token);
        dashboard.button("Use token").click();
    }

    static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private WorkerProcess startWorker() {
        return site.with("http.port", String.valueOf(port)).startWorker().awaitStarted();
    }

    private AvatarId train(String name, Scenario scenario) {
        return site.look(avatars -> {
            AvatarId id = site.train(avatars, "PORTRAIT", scenario).avatar();
            avatars.run("UPDATE avatars SET name = ? WHERE id = ?", name, id.value());
            return id;
        });
    }

    private String request(AvatarId id) {
        return site.rows("SELECT fal_request_id FROM avatars WHERE id = '" + id + "'")
                .get(0);
    }

    /** Inserts monitored trainings whose next check is an hour ahead, so that only the lists cause load. */
    private static void plant(Avatars avatars) {
        avatars.run("""
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                SELECT CAST('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0') AS uuid), 'Avatar ' || lpad(n::text, 6, '0'),
                       'PORTRAIT', 'TRAINING', gen_random_uuid()::text, now() - INTERVAL '4 h'
                FROM generate_series(1, ?) n""", MANY);
        avatars.run("""
                INSERT INTO qrtz_job_details (sched_name, job_name, job_group, job_class_name, is_durable, is_nonconcurrent,
                                              is_update_data, requests_recovery)
                VALUES ('avatar-monitor', 'status-check', 'avatar', 'avatarmonitor.schedule.StatusCheckJob', true, false, false,
                        false)""");
        // PostgreSQL checks foreign keys by index only where it does not estimate the tables as empty.
        avatars.run("ANALYZE qrtz_job_details");
        avatars.run("""
                INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at)
                SELECT id, fal_request_id, now() - INTERVAL '3 h', now() + INTERVAL '3 h' FROM avatars""");
        avatars.run("""
                INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time, prev_fire_time,
                                           priority, trigger_state, trigger_type, start_time, end_time, misfire_instr)
                SELECT 'avatar-monitor', id::text, 'avatar', 'status-check', 'avatar', t, -1, 5, 'WAITING', 'SIMPLE', t, t + 7200000, 4
                FROM (SELECT id, (extract(epoch FROM now() + INTERVAL '1 h') * 1000 + right(name, 6)::int)::bigint AS t
                      FROM avatars) planned""");
        avatars.run("ANALYZE qrtz_triggers");
        avatars.run("""
                INSERT INTO qrtz_simple_triggers (sched_name, trigger_name, trigger_group, repeat_count, repeat_interval,
                                                  times_triggered)
                SELECT sched_name, trigger_name, trigger_group, -1, 14400000, 0 FROM qrtz_triggers""");
        avatars.run("ANALYZE");
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
