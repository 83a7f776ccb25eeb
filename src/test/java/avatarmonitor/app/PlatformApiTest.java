package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.CheckOutcome;
import avatarmonitor.check.ModelRules;
import avatarmonitor.check.Pace;
import avatarmonitor.check.Rules;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.WatchStore;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.Fault;
import avatarmonitor.emulator.Listing;
import avatarmonitor.emulator.Op;
import avatarmonitor.emulator.Outcome;
import avatarmonitor.emulator.Scenario;
import avatarmonitor.event.EventLog;
import avatarmonitor.fal.FalClient;
import avatarmonitor.fal.FalConfig;
import avatarmonitor.fal.FalKey;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.hint.EarlyChecks;
import avatarmonitor.hint.HintSource;
import avatarmonitor.hint.Hints;
import avatarmonitor.hint.HistoryPoll;
import avatarmonitor.hint.HistoryTable;
import avatarmonitor.http.Egress;
import avatarmonitor.observe.Meters;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks, the poller of ends and the emulator's platform API together, by the emulator's clock. */
final class PlatformApiTest {
    private static final String ENDPOINT = "blackforestlabs/flux-3/klein/base/trainer";
    private static final Duration SOON = Duration.ofSeconds(20);

    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();
    private final Avatars avatars = new Avatars(fresh.database());
    private final AvatarStore store = AvatarStore.read(fresh.database(), Types.SHIPPED);
    private final EventLog events = new EventLog(fresh.database().dialect());
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local().withFrozenClock());
    private final Meters meters = new Meters();
    private final HistoryTable table = new HistoryTable(fresh.database(), store, events, "w");
    private final PauseEvents pauses =
            new PauseEvents(fresh.database(), events, table, endpoint -> List.of(), endpoint -> false, fal::now, "w");
    private final FalClient client = FalClient.open(
            new FalConfig(
                    fal.baseUri(),
                    new FalKey("id:secret"),
                    Duration.ofSeconds(10),
                    10_000,
                    FalConfig.History.AUTO,
                    URI.create(fal.baseUri() + "/v1")),
            Egress.DIRECT,
            4,
            fal::now,
            pauses,
            pauses);
    private final Hints hints = new Hints(fresh.database(), meters, fal::now);
    private final StatusCheck check = new StatusCheck(
            fresh.database(),
            store,
            new WatchStore(),
            events,
            client,
            new Rules(
                            Types.at(ENDPOINT, "o/style"),
                            20,
                            Duration.ofMinutes(10),
                            new ModelRules(Types.lengths(500, 255), true))
                    .at(new Pace(Duration.ofSeconds(60), Duration.ofMinutes(5), this::hintsAreProven, () -> 1)),
            Duration.ofHours(1),
            fal::now,
            "w");
    private final EarlyChecks checks =
            new EarlyChecks(fresh.database(), store, id -> check.atOnce(client).check(id, false), hints, "w", 1);
    private final HistoryPoll poll =
            new HistoryPoll(client::ended, 50, table, Types.at(ENDPOINT, "o/style"), checks, hints, fal::now);

    PlatformApiTest() {
        check.whenEnded(hints::polled);
    }

    private boolean hintsAreProven() {
        return hints.proven();
    }

    @AfterEach
    void close() throws InterruptedException {
        checks.stop();
        checks.awaitEnd(SOON);
        client.close();
        fal.close();
        meters.close();
        fresh.close();
    }

    private AvatarId train(String request, Scenario scenario) {
        fal.register(ENDPOINT, request, scenario);
        AvatarId id = avatars.training("PORTRAIT", request, fal.now());
        fresh.database()
                .inTransaction(connection -> new WatchStore()
                        .begin(connection, id, request, fal.now(), fal.now().plusSeconds(36_000)));
        return id;
    }

    private CheckOutcome afterTheGrace(AvatarId id) {
        for (int i = 0; i < 3; i++) {
            assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
            fal.advance(Duration.ofMinutes(4));
        }
        return check.check(id, false);
    }

    private List<String> refusals() {
        return avatars.rows("SELECT type FROM avatar_event WHERE type = 'history_refused'").stream()
                .map(row -> String.valueOf(row.get("type")))
                .toList();
    }

    @Test
    void resultThatTheQueueHasNoMoreComesFromThePlatformApi() {
        AvatarId id = train("r-1", Scenario.ended(Outcome.success()).withResultKept(Duration.ZERO));
        fal.advance(Duration.ofSeconds(1));
        assertThat(afterTheGrace(id)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(avatars.row(id).get("diffusers_lora_file_url")).contains("lora");
        assertThat(avatars.events(id)).isEqualTo("completed");
    }

    @ParameterizedTest
    @CsvSource({"r-1", "r-2"})
    void trainingThatIsInNeitherFailsAfterTheGrace(String request) {
        AvatarId id = train(request, Scenario.ended(Outcome.success()).withResultKept(Duration.ZERO));
        if (request.equals("r-1")) {
            fal.forget(request);
        } else {
            fal.change(
                    request,
                    Scenario.ended(Outcome.success())
                            .withResultKept(Duration.ZERO)
                            .withListing(new Listing(Duration.ZERO, Listing.Kept.MISSING)));
        }
        fal.advance(Duration.ofSeconds(1));
        assertThat(afterTheGrace(id)).isEqualTo(CheckOutcome.FAILED);
        assertThat(avatars.row(id)).containsEntry("status", "ERROR");
        assertThat(refusals()).isEmpty();
    }

    @Test
    void withoutPermissionItIsAsWithoutThePlatformApiWithOneEvent() {
        fal.inject(Fault.forbidden().on(Op.HISTORY));
        AvatarId one = train("r-1", Scenario.ended(Outcome.success()).withResultKept(Duration.ZERO));
        AvatarId two = train("r-2", Scenario.ended(Outcome.success()).withResultKept(Duration.ZERO));
        fal.advance(Duration.ofSeconds(1));
        assertThat(afterTheGrace(one)).isEqualTo(CheckOutcome.FAILED);
        assertThat(afterTheGrace(two)).isEqualTo(CheckOutcome.FAILED);
        monitored();
        poll.look();
        poll.look();
        assertThat(refusals()).hasSize(1);
        assertThat(fal.calls(Op.HISTORY))
                .as("one for a result, one of the poller that has just started")
                .hasSize(2);
        assertThat(client.paused()).isEmpty();
    }

    private void monitored() {
        avatars.run("""
                INSERT INTO qrtz_job_details (sched_name, job_name, job_group, job_class_name, is_durable, is_nonconcurrent,
                  is_update_data, requests_recovery)
                VALUES ('avatar-monitor', 'status-check', 'avatar', 'x', true, false, false, false)""");
        avatars.run("""
                INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, trigger_state, trigger_type,
                  start_time)
                VALUES ('avatar-monitor', ?, 'avatar', 'status-check', 'avatar', 'WAITING', 'SIMPLE', 0)""", UUID.randomUUID().toString());
    }

    @Test
    void endIsFoundByTheListWithoutARegularCheck() {
        monitored();
        AvatarId id =
                train("r-1", Scenario.standard().withQueue(Duration.ZERO, 0).withRun(Duration.ofMinutes(30)));
        for (int rounds = 0; rounds < 6 * 29; rounds++) {
            poll.look();
            fal.advance(Duration.ofSeconds(10));
        }
        assertThat(fal.calls("r-1", Op.STATUS)).isEmpty();
        fal.advance(Duration.ofMinutes(1));
        poll.look();
        await().atMost(SOON).until(() -> "COMPLETED".equals(avatars.row(id).get("status")));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(meters.scrape())
                        .contains(
                                "avatar_monitor_hint_ends_total{source=\"history\"} 1.0",
                                "avatar_monitor_history_lag_seconds_count 1"));
        assertThat(fal.calls("r-1", Op.STATUS)).hasSize(1);
        assertThat(fal.calls("r-1", Op.RESULT)).hasSize(1);
    }

    /** Simulates half an hour of one training with a fire per minute. */
    private AvatarId trainHalfAnHour() {
        monitored();
        AvatarId id =
                train("r-1", Scenario.standard().withQueue(Duration.ZERO, 0).withRun(Duration.ofMinutes(30)));
        for (int seconds = 0; seconds < 1_800; seconds += 10) {
            poll.look();
            hints.look();
            if (seconds % 60 == 20) {
                check.check(id, false);
            }
            fal.advance(Duration.ofSeconds(10));
        }
        return id;
    }

    @Test
    void withoutHintsATrainingOfHalfAnHourTakesThirtyRegularRequests() {
        AvatarId id = trainHalfAnHour();
        assertThat(fal.calls("r-1", Op.STATUS)).hasSize(30);
        fal.advance(Duration.ofSeconds(20));
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(fal.calls("r-1", Op.RESULT)).hasSize(1);
    }

    @Test
    void withProvenHintsItTakesFiveRegularRequestsAfterTheFirstAndTwoAtTheEnd() {
        hints.reported(new FalRequestId("earlier"), HintSource.HISTORY, true);
        fal.advance(Duration.ofHours(1));
        AvatarId id = trainHalfAnHour();
        assertThat(fal.calls("r-1", Op.STATUS)).hasSize(1 + 5);
        poll.look();
        await().atMost(SOON).until(() -> "COMPLETED".equals(avatars.row(id).get("status")));
        assertThat(fal.calls("r-1", Op.STATUS)).hasSize(1 + 5 + 1);
        assertThat(fal.calls("r-1", Op.RESULT)).hasSize(1);
    }

    @Test
    void oneMissBringsTheShortIntervalBackAtOnceAndNothingIsLaterThanByPolling() {
        hints.reported(new FalRequestId("earlier"), HintSource.WEBHOOK, true);
        fal.advance(Duration.ofHours(1));
        hints.look();
        monitored();
        AvatarId gap = train(
                "r-gap",
                Scenario.ended(Outcome.success()).withListing(new Listing(Duration.ZERO, Listing.Kept.MISSING)));
        AvatarId id = train("r-1", Scenario.standard().withRun(Duration.ofMinutes(30)));
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        fal.advance(Duration.ofMinutes(1));
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.PASSED);
        assertThat(check.check(gap, false)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(check.check(id, false)).as("at once").isEqualTo(CheckOutcome.STILL_TRAINING);
        fal.advance(Duration.ofMinutes(1));
        poll.look();
        hints.look();
        assertThat(check.check(id, false)).as("and from now on").isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(avatars.count("SELECT misses FROM avatar_monitor_hint_proof"))
                .isEqualTo(1);
    }

    @Test
    void listThatSaysEndedWhileTheStatusSaysInProgressWritesNothing() throws InterruptedException {
        monitored();
        AvatarId id = train("r-1", Scenario.ended(Outcome.success()));
        int lie = fal.inject(Fault.statusWord("IN_PROGRESS").on(Op.STATUS));
        fal.advance(Duration.ofSeconds(1));
        for (int rounds = 0; rounds < 30; rounds++) {
            poll.look();
            fal.advance(Duration.ofSeconds(10));
        }
        await().atMost(SOON).until(() -> !fal.calls("r-1", Op.STATUS).isEmpty());
        checks.stop();
        checks.awaitEnd(SOON);
        assertThat(fal.calls("r-1", Op.STATUS)).hasSizeBetween(1, 5);
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(avatars.count("SELECT by_history FROM avatar_monitor_hint_proof"))
                .isZero();
        fal.clearFault(lie);
        assertThat(check.check(id, false)).as("the regular check").isEqualTo(CheckOutcome.COMPLETED);
    }
}
