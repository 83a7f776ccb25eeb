package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Listing;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.hint.HintSource;
import avatarmonitor.hint.Hints;
import avatarmonitor.hint.PlatformApiPoll;
import avatarmonitor.testing.Avatars;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks, the poller of ends and the emulator's platform API together, by the emulator's clock. */
final class PlatformApiTest {
    private static final Duration SOON = PlatformSite.SOON;

    private final PlatformSite site = new PlatformSite();
    private final Avatars avatars = site.avatars;
    private final FalEmulator fal = site.fal;
    private final StatusCheck check = site.check;
    private final Hints hints = site.hints;
    private final PlatformApiPoll poll = site.poll;

    @AfterEach
    void close() throws InterruptedException {
        site.close();
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
        AvatarId id = site.train("r-1", Scenario.ended(Outcome.success()).withResultKept(Duration.ZERO));
        fal.advance(Duration.ofSeconds(1));
        assertThat(afterTheGrace(id)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(avatars.row(id).get("diffusers_lora_file_url")).contains("lora");
        assertThat(avatars.events(id)).isEqualTo("completed");
    }

    @ParameterizedTest
    @CsvSource({"r-1", "r-2"})
    void trainingThatIsInNeitherFailsAfterTheGrace(String request) {
        AvatarId id = site.train(request, Scenario.ended(Outcome.success()).withResultKept(Duration.ZERO));
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
        AvatarId one = site.train("r-1", Scenario.ended(Outcome.success()).withResultKept(Duration.ZERO));
        AvatarId two = site.train("r-2", Scenario.ended(Outcome.success()).withResultKept(Duration.ZERO));
        fal.advance(Duration.ofSeconds(1));
        assertThat(afterTheGrace(one)).isEqualTo(CheckOutcome.FAILED);
        assertThat(afterTheGrace(two)).isEqualTo(CheckOutcome.FAILED);
        site.monitored();
        poll.poll();
        poll.poll();
        assertThat(refusals()).hasSize(1);
        assertThat(fal.calls(Op.HISTORY))
                .as("one for a result, one of the poller that has just started")
                .hasSize(2);
        assertThat(site.client.paused()).isEmpty();
    }

    @Test
    void endIsFoundByTheListWithoutARegularCheck() {
        site.monitored();
        AvatarId id = site.train(
                "r-1", Scenario.standard().withQueue(Duration.ZERO, 0).withRun(Duration.ofMinutes(30)));
        for (int rounds = 0; rounds < 6 * 29; rounds++) {
            poll.poll();
            fal.advance(Duration.ofSeconds(10));
        }
        assertThat(fal.calls("r-1", Op.STATUS)).isEmpty();
        fal.advance(Duration.ofMinutes(1));
        poll.poll();
        await().atMost(SOON).until(() -> "COMPLETED".equals(avatars.row(id).get("status")));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(site.meters.scrape())
                        .contains(
                                "avatar_monitor_hint_ends_total{source=\"history\"} 1.0",
                                "avatar_monitor_history_lag_seconds_count 1"));
        assertThat(fal.calls("r-1", Op.STATUS)).hasSize(1);
        assertThat(fal.calls("r-1", Op.RESULT)).hasSize(1);
    }

    /** Simulates half an hour of one training with a fire per minute. */
    private AvatarId trainHalfAnHour() {
        site.monitored();
        AvatarId id = site.train(
                "r-1", Scenario.standard().withQueue(Duration.ZERO, 0).withRun(Duration.ofMinutes(30)));
        for (int seconds = 0; seconds < 1_800; seconds += 10) {
            poll.poll();
            hints.judgeDue();
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
    void withProvenHintsItTakesFiveRequestsTwoOfThemAtTheEnd() {
        hints.reported(new FalRequestId("earlier"), HintSource.HISTORY, true);
        fal.advance(Duration.ofHours(1));
        AvatarId id = trainHalfAnHour();
        assertThat(fal.calls("r-1", Op.STATUS)).hasSize(3);
        poll.poll();
        await().atMost(SOON).until(() -> "COMPLETED".equals(avatars.row(id).get("status")));
        assertThat(fal.calls("r-1", Op.STATUS)).hasSize(4);
        assertThat(fal.calls("r-1", Op.RESULT)).hasSize(1);
    }

    @Test
    void oneMissBringsTheShortIntervalBackAtOnceAndNothingIsLaterThanByPolling() {
        hints.reported(new FalRequestId("earlier"), HintSource.WEBHOOK, true);
        fal.advance(Duration.ofHours(1));
        hints.judgeDue();
        site.monitored();
        AvatarId gap = site.train(
                "r-gap",
                Scenario.ended(Outcome.success()).withListing(new Listing(Duration.ZERO, Listing.Kept.MISSING)));
        AvatarId id = site.train("r-1", Scenario.standard().withRun(Duration.ofMinutes(30)));
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        fal.advance(Duration.ofMinutes(1));
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.PASSED);
        assertThat(check.check(gap, false)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(check.check(id, false)).as("at once").isEqualTo(CheckOutcome.STILL_TRAINING);
        fal.advance(Duration.ofMinutes(1));
        poll.poll();
        hints.judgeDue();
        assertThat(check.check(id, false)).as("and from now on").isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(avatars.count("SELECT misses FROM avatar_monitor_hint_proof"))
                .isEqualTo(1);
    }

    /** fal counts its webhook as delivered and does not send it again. */
    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"STATUS", "RESULT"})
    void hintWhoseCheckFailsIsFollowedByARegularCheckAtTheNextFire(Op op) {
        hints.reported(new FalRequestId("earlier"), HintSource.WEBHOOK, true);
        fal.advance(Duration.ofHours(1));
        hints.judgeDue();
        AvatarId id = site.train("r-1", Scenario.ended(Outcome.success()));
        fal.inject(Fault.badGateway().on(op).times(1));
        assertThat(site.checks.check(new FalRequestId("r-1"), HintSource.WEBHOOK))
                .isTrue();
        await().atMost(SOON).until(site.checks::isIdle);
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");

        fal.advance(Duration.ofMinutes(1));
        assertThat(hints.proven()).isTrue();
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.COMPLETED);
    }

    @Test
    void listThatSaysEndedWhileTheStatusSaysInProgressWritesNothing() throws InterruptedException {
        site.monitored();
        AvatarId id = site.train("r-1", Scenario.ended(Outcome.success()));
        int lie = fal.inject(Fault.statusWord("IN_PROGRESS").on(Op.STATUS));
        fal.advance(Duration.ofSeconds(1));
        for (int rounds = 0; rounds < 30; rounds++) {
            poll.poll();
            fal.advance(Duration.ofSeconds(10));
        }
        await().atMost(SOON).until(() -> !fal.calls("r-1", Op.STATUS).isEmpty());
        site.checks.stop();
        site.checks.awaitEnd(SOON);
        assertThat(fal.calls("r-1", Op.STATUS)).hasSizeBetween(1, 5);
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(avatars.count("SELECT by_history FROM avatar_monitor_hint_proof"))
                .isZero();
        fal.clearFault(lie);
        assertThat(check.check(id, false)).as("the regular check").isEqualTo(CheckOutcome.COMPLETED);
    }
}
