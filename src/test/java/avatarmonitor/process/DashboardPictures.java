package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Dashboard.Look;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Takes the pictures of {@code docs/images} from two real workers with the local fal queue. Runs only when requested by
 * name, see README; {@code -Dpictures.seconds} is how long the workers run before.
 */
final class DashboardPictures {
    private static final Path IMAGES = Path.of("docs/images");
    private static final int BYTES_MAX = 200_000;
    private static final int MANY = 5_000;
    private static final String TOKEN = "token-of-the-pictures";
    private static final List<String> NAMES = List.of(
            "Ada", "Ben", "Cleo", "Dana", "Emil", "Finn", "Gita", "Hugo", "Ines", "Juri", "Kira", "Liam", "Mona",
            "Nils");

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18).with("http.enabled", "true");

    private final int port = DashboardIT.freePort();

    @Test
    void picturesAreTaken() throws Exception {
        site.with("reconcile.scan-interval", "2s").with("worker.name", "berlin");
        AvatarId shown = site.look(this::trainings);
        site.write(DashboardPictures::history);
        site.write(DashboardPictures::load);
        site.startWorker().awaitStarted();
        site.with("worker.name", "zurich")
                .with("http.port", String.valueOf(port))
                .with("http.token", TOKEN);
        site.startWorker().awaitStarted();
        pass(Long.getLong("pictures.seconds", 30L));
        inEachLook((dashboard, name) -> {
            dashboard.visit("").awaitLive().awaitText("h1", "monitored").awaitRow("completed");
            dashboard.awaitRow("berlin");
            take(dashboard, "overview-" + name);
            dashboard.visit("#/avatars").awaitText(".tabs", "Monitored 4").awaitRow("waiting");
            take(dashboard, "avatars-" + name);
            dashboard.visit("#/avatars/" + shown).awaitRow("still training");
            take(dashboard, "avatar-" + name);
            dashboard.visit("#/report").awaitRow("The archive is broken");
            take(dashboard, "report-" + name);
        });
    }

    /** Five thousand trainings; a third is selected, and one type paused. */
    @Test
    void picturesOfManyAvatarsAreTaken() throws Exception {
        site.with("reconcile.scan-interval", "2s")
                .with("monitor.interval", "30s")
                .with("fal.requests-per-second", "500")
                .with("worker.name", "berlin");
        site.write(this::many);
        site.startWorker().awaitStarted();
        site.with("worker.name", "zurich")
                .with("http.port", String.valueOf(port))
                .with("http.token", TOKEN);
        site.startWorker().awaitStarted();
        site.run("pause", "--type", "style", "--for", "45m", "--reason", "style-trainer maintenance at fal")
                .exitCode(Duration.ofSeconds(60));
        pass(Long.getLong("pictures.seconds", 30L));
        inEachLook((dashboard, name) -> {
            dashboard.visit("").awaitLive().awaitText(".counts", "5,000").awaitText(".pauses", "style-trainer");
            take(dashboard, "paused-" + name);
            dashboard.visit("#/avatars").awaitText(".tabs", "Monitored 5,000").awaitRow("waiting");
            for (int row : List.of(1, 2, 4, 5)) {
                dashboard.page().locator("input[data-pick]").nth(row).check();
            }
            take(dashboard, "selection-" + name);
            dashboard
                    .page()
                    .getByRole(
                            AriaRole.BUTTON,
                            new Page.GetByRoleOptions().setName("Check").setExact(true))
                    .click();
            DashboardIT.giveToken(dashboard, TOKEN);
            dashboard.awaitText("#confirm", "Check 4 avatars");
            take(dashboard, "confirm-" + name);
        });
    }

    /** The key is refused, rows are invalid, trainings are stalled, and a check fails. */
    @Test
    void picturesOfTroubleAreTaken() throws Exception {
        site.with("reconcile.scan-interval", "2s").with("worker.name", "berlin");
        site.look(this::trainings);
        site.write(DashboardPictures::history);
        site.write(DashboardPictures::load);
        site.write(this::trouble);
        site.startWorker().awaitStarted();
        site.with("worker.name", "zurich")
                .with("http.port", String.valueOf(port))
                .with("http.token", TOKEN);
        site.startWorker().awaitStarted();
        pass(20);
        site.fal().inject(Fault.unauthorized());
        site.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'fal_paused'") > 1);
        pass(20);
        inEachLook((dashboard, name) -> {
            dashboard.visit("").awaitLive().awaitText("h1", "key");
            take(dashboard, "trouble-" + name);
            dashboard.visit("#/avatars?state=invalid").awaitRow("Gita");
            take(dashboard, "invalid-" + name);
        });
    }

    /** What to do with the page in one appearance. */
    private interface Visit {
        void in(Dashboard dashboard, String look) throws IOException;
    }

    private void inEachLook(Visit visit) throws IOException {
        Files.createDirectories(IMAGES);
        for (Look look : Look.values()) {
            try (Dashboard dashboard = CHROMIUM.open("http://127.0.0.1:" + port, look)) {
                visit.in(dashboard, look.name().toLowerCase(Locale.ROOT));
                assertThat(dashboard.overhang()).as("wider than the window").isZero();
                assertThat(dashboard.complaintsButFailedRequests()).isEmpty();
            }
        }
    }

    private static void pass(long seconds) throws InterruptedException {
        boolean unused = new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
    }

    private void many(Avatars avatars) {
        for (int i = 0; i < MANY; i++) {
            train(avatars, NAMES.get(i % NAMES.size()), i % 3 == 0 ? "STYLE" : "PORTRAIT", slow(Duration.ofHours(1)));
        }
    }

    private void trouble(Avatars avatars) {
        AvatarId invalid = train(avatars, "Gita", "PORTRAIT", slow(Duration.ofHours(1)));
        avatars.run("UPDATE avatars SET fal_request_id = 'see ticket 4711' WHERE id = ?", invalid.value());
        AvatarId unknown = train(avatars, "Hugo", "PORTRAIT", slow(Duration.ofHours(1)));
        avatars.run("UPDATE avatars SET training_type = 'VIDEO' WHERE id = ?", unknown.value());
        for (String name : List.of("Liam", "Mona")) {
            AvatarId stalled = train(avatars, name, "STYLE", slow(Duration.ofHours(1)));
            avatars.run(
                    "UPDATE avatars SET training_started_at = current_timestamp - INTERVAL '30 hours' WHERE id = ?",
                    stalled.value());
        }
    }

    /** Inserts fifty trainings of all kinds, which end one after another; returns the one to show. */
    private AvatarId trainings(Avatars avatars) {
        AvatarId shown = train(avatars, "Ada", "PORTRAIT", slow(Duration.ofMinutes(40)));
        for (int i = 1; i <= 50; i++) {
            Scenario scenario = slow(Duration.ofSeconds(20 + 17L * i));
            train(
                    avatars,
                    NAMES.get(i % NAMES.size()),
                    i % 3 == 0 ? "STYLE" : "PORTRAIT",
                    i % 9 == 4
                            ? scenario.withOutcome(Outcome.validationError("invalid_archive", "The archive is broken"))
                            : scenario);
        }
        train(avatars, "Kira", "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS));
        return shown;
    }

    /** Inserts trainings that ended in the last two days. */
    private static void history(Avatars avatars) {
        Random random = new Random(7);
        for (int minute = 5; minute < 47 * 60; minute += 2 + random.nextInt(10)) {
            String type = random.nextInt(3) == 0 ? "STYLE" : "PORTRAIT";
            int lot = random.nextInt(100);
            String event = lot < 88 ? "completed" : lot < 97 ? "failed" : "cancelled";
            long minutes = (type.equals("STYLE") ? 6L : 14L) + random.nextInt(12);
            ReportPageIT.end(
                    avatars,
                    type,
                    event,
                    Duration.ofMinutes(minute),
                    Duration.ofSeconds(60 * minutes + random.nextInt(60)),
                    lot < 93 ? "The archive is broken" : "fal: internal server error");
        }
    }

    /** Inserts check delay and requests to fal of the last two days. */
    private static void load(Avatars avatars) {
        avatars.run("""
                INSERT INTO avatar_monitor_load
                SELECT date_trunc('hour', current_timestamp, 'UTC') - hour * INTERVAL '1 hour', 'berlin', checks, checks * (90 + 7 * (hour % 5)),
                  700 + 137 * (hour * hour % 11) + CASE WHEN hour = 9 THEN 3800 ELSE 0 END, 0, checks + 40,
                  checks + 40 - CASE WHEN hour = 9 THEN 310 ELSE hour % 3 END
                FROM (SELECT hour, 1800 + 55 * (hour * 7 % 13) AS checks FROM generate_series(1, 47) AS hour) AS hours""");
    }

    private static Scenario slow(Duration run) {
        return Scenario.standard().withQueue(Duration.ofSeconds(8), 3).withRun(run);
    }

    private AvatarId train(Avatars avatars, String name, String type, Scenario scenario) {
        AvatarId id = site.train(avatars, type, scenario).avatar();
        avatars.run("UPDATE avatars SET name = ? WHERE id = ?", name, id.value());
        return id;
    }

    private static void take(Dashboard dashboard, String name) throws IOException {
        Path image = IMAGES.resolve(name + ".png");
        dashboard.page().screenshot(new Page.ScreenshotOptions().setPath(image));
        assertThat(Files.size(image)).isLessThan(BYTES_MAX);
    }
}
