package avatarmonitor.app;

import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.check.decision.MonitorConfig;
import avatarmonitor.check.decision.RequestIntervals;
import avatarmonitor.config.SettingsLoader;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventWriter;
import avatarmonitor.fal.FalClient;
import avatarmonitor.fal.FalConfig;
import avatarmonitor.fal.FalKey;
import avatarmonitor.hint.EarlyChecks;
import avatarmonitor.hint.Hints;
import avatarmonitor.hint.PlatformApiPoll;
import avatarmonitor.hint.PlatformApiTable;
import avatarmonitor.http.Egress;
import avatarmonitor.observe.Meters;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.LocalRateLimit;
import avatarmonitor.testing.QuartzRows;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Checks, the poller of ends and the emulator's platform API together, by the emulator's clock, on one H2 database. No
 * scheduler is started.
 */
final class PlatformSite implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(60);
    private static final MonitorConfig SHIPPED = new SettingsLoader(Map.of(), Path.of("target"), "w")
            .load(Optional.empty())
            .monitor();
    private static final String ENDPOINT = "blackforestlabs/flux-3/klein/base/trainer";

    final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();
    final Avatars avatars = new Avatars(fresh.database());
    final AvatarStore store = AvatarStore.read(fresh.database(), Types.SHIPPED);
    final EventLog events = new EventLog(fresh.database().dialect());
    final FalEmulator fal = FalEmulator.start(EmulatorConfig.local().withFrozenClock());
    final Meters meters = new Meters();
    final PlatformApiTable table = new PlatformApiTable(
            fresh.database(), store, new EventWriter(fresh.database(), events, InstantSource.system(), "w"));
    final PauseEvents pauses = new PauseEvents(
            new EventWriter(fresh.database(), events, fal::now, "w"),
            table,
            endpoint -> List.of(),
            endpoint -> false,
            fal::now);
    final FalClient client = FalClient.open(
            new FalConfig(
                    fal.baseUri(),
                    new FalKey("id:secret"),
                    Duration.ofSeconds(10),
                    10_000,
                    FalConfig.History.AUTO,
                    URI.create(fal.baseUri() + "/v1")),
            Egress.DIRECT,
            4,
            LocalRateLimit.alone(10_000),
            fal::now,
            pauses,
            pauses);
    final Hints hints = new Hints(fresh.database(), meters, fal::now);
    final StatusCheck check = new StatusCheck(
            fresh.database(),
            store,
            new EventWriter(fresh.database(), events, fal::now, "w"),
            client,
            TestRules.at(
                    TestRules.of(
                            Types.at(ENDPOINT, "o/style"),
                            20,
                            Duration.ofMinutes(10),
                            new ModelRules(Types.lengths(500, 255), true)),
                    RequestIntervals.of(SHIPPED, this::hintsAreProven, () -> 0, type -> false)),
            Duration.ofHours(1),
            fal::now);
    final EarlyChecks checks = new EarlyChecks(
            fresh.database(), store, client::forget, id -> check.byHint(client).run(id, false, null), hints, "w", 1);
    final PlatformApiPoll poll =
            new PlatformApiPoll(client::ended, 50, table, Types.at(ENDPOINT, "o/style"), checks, hints, fal::now);

    PlatformSite() {
        check.onEnded(hints::polled);
    }

    private boolean hintsAreProven() {
        return hints.proven();
    }

    @Override
    public void close() throws InterruptedException {
        checks.stop();
        checks.awaitEnd(SOON);
        client.close();
        fal.close();
        meters.close();
        fresh.close();
    }

    AvatarId train(String request, Scenario scenario) {
        fal.register(ENDPOINT, request, scenario);
        AvatarId id = avatars.training("PORTRAIT", request, fal.now());
        fresh.database()
                .inTransaction(connection -> MonitoringStore.begin(
                        connection, id, request, fal.now(), fal.now().plusSeconds(36_000)));
        return id;
    }

    /** One round of the poller and of the account, with all checks that it brings about. */
    void round() {
        poll.poll();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(SOON)
                .until(checks::isIdle);
        hints.judgeDue();
    }

    /** Adds a trigger, so that something is monitored. */
    void monitored() {
        avatars.run(QuartzRows.STATUS_CHECK_JOB);
        avatars.run(QuartzRows.trigger(UUID.randomUUID().toString(), "NULL"));
    }
}
