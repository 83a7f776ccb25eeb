package avatarmonitor.hint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.Checks;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.hint.PlatformApiPollTest.RecordingMeter;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A success after the end of monitoring counts, once; a training that still runs is not changed. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class LateHintTest {
    private static final String MODEL =
            "{\"lora_file\":{\"url\":\"https://a.example/l\"},\"config_file\":{\"url\":\"https://a.example/c\"}}";

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Avatars avatars;
    private final ScriptedFal fal = new ScriptedFal();
    private final Instant now = Instant.parse("2026-11-29T12:00:00Z");
    private final RecordingMeter meter = new RecordingMeter();
    private final EarlyChecks checks;

    LateHintTest(TestDatabase kind) {
        fresh = kind.fresh();
        avatars = new Avatars(fresh.database());
        AvatarStore store = AvatarStore.read(fresh.database(), Types.SHIPPED);
        StatusCheck check = Checks.asking(fal, fresh.database(), () -> now, Types.at("o/a", "o/style"));
        checks = new EarlyChecks(
                fresh.database(),
                store,
                fal::forget,
                id -> check.byHint(fal).run(id, false, null),
                new Hints(fresh.database(), meter, () -> now),
                "w",
                2);
    }

    private void hint(String request) {
        assertThat(checks.check(new FalRequestId(request), HintSource.WEBHOOK)).isTrue();
        awaitIdle();
    }

    private void awaitIdle() {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(60))
                .until(checks::isIdle);
    }

    private AvatarId whoseMonitoringEnded(MonitoringStore.Outcome outcome) {
        String request = "r-" + outcome.column().replace('_', '-');
        AvatarId id = avatars.training("PORTRAIT", request, now.minus(Duration.ofHours(30)));
        fresh.database().inTransaction(connection -> {
            MonitoringStore.begin(
                    connection, id, request, now.minus(Duration.ofHours(3)), now.minus(Duration.ofHours(2)));
            return MonitoringStore.end(connection, id, request, outcome, null, now.minus(Duration.ofHours(2)));
        });
        return id;
    }

    @Test
    void lateSuccessCountsWhateverEndedTheMonitoring() {
        fal.status = new FalAnswer.Completed(null, null);
        fal.result = new FalAnswer.Output(JsonParser.parseString(MODEL).getAsJsonObject());
        for (MonitoringStore.Outcome outcome : new MonitoringStore.Outcome[] {
            MonitoringStore.Outcome.WINDOW_EXPIRED,
            MonitoringStore.Outcome.STALLED,
            MonitoringStore.Outcome.GAVE_UP,
            MonitoringStore.Outcome.UNWATCHED
        }) {
            AvatarId id = whoseMonitoringEnded(outcome);
            String request = String.valueOf(avatars.row(id).get("fal_request_id"));
            hint(request);
            hint(request);
            assertThat(avatars.row(id))
                    .as(outcome.column())
                    .containsEntry("status", "COMPLETED")
                    .containsEntry("diffusers_lora_file_url", "https://a.example/l");
            assertThat(avatars.events(id)).as(outcome.column()).isEqualTo("completed");
            assertThat(avatars.row("SELECT outcome FROM avatar_monitoring WHERE avatar_id = ?", id.value()))
                    .containsEntry("outcome", "completed");
        }
        assertThat(meter.found).hasSize(4);
        assertThat(fal.asked).as("one status and one result each").hasSize(8);
        assertThat(avatars.count("SELECT count(*) FROM v_stalled")).isZero();
    }

    @Test
    void avatarThatWasNeverMonitoredIsCheckedToo() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", now);
        fal.status = new FalAnswer.Completed(null, null);
        fal.result = new FalAnswer.Output(JsonParser.parseString(MODEL).getAsJsonObject());
        hint("r-1");
        assertThat(avatars.row(id)).containsEntry("status", "COMPLETED");
    }

    /** The window is over, so no regular check would replace the hint. */
    @Test
    void hintWhoseCheckMaySendNoRequestIsKeptUntilItMayAlsoByAnotherWorker() {
        AvatarId id = whoseMonitoringEnded(MonitoringStore.Outcome.WINDOW_EXPIRED);
        fal.status = new FalAnswer.RateLimited(Duration.ofSeconds(5));
        hint("r-window-expired");
        hint("r-window-expired");
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_kept_hint"))
                .isEqualTo(1);
        followKept();
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_kept_hint WHERE taken_at IS NULL"))
                .isEqualTo(1);

        fal.status = new FalAnswer.Completed(null, null);
        fal.result = new FalAnswer.Output(JsonParser.parseString(MODEL).getAsJsonObject());
        avatars.run("UPDATE avatar_monitor_kept_hint SET taken_at = current_timestamp");
        followKept();
        assertThat(avatars.row(id)).as("another worker has it").containsEntry("status", "TRAINING");
        avatars.run("UPDATE avatar_monitor_kept_hint SET taken_at = current_timestamp - INTERVAL '61' SECOND");
        followKept();
        assertThat(avatars.row(id)).containsEntry("status", "COMPLETED");
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_kept_hint"))
                .isZero();
    }

    @Test
    void keptHintOfATypeThatAnOperatorPausedWaitsForItAndEndsWithItsTraining() {
        AvatarId id = avatars.training("Portrait", "r-1", now);
        fal.status = new FalAnswer.RateLimited(Duration.ofSeconds(5));
        hint("r-1");
        int asked = fal.asked.size();
        String pause = "INSERT INTO avatar_monitor_pause (scope, since, actor, channel, address) VALUES ('%s',"
                + " current_timestamp, 'ada', 'cli', 'here')";
        avatars.run(pause.formatted("PORTRAIT"));
        followKept();
        assertThat(fal.asked).hasSize(asked);
        avatars.run("DELETE FROM avatar_monitor_pause");
        avatars.run(pause.formatted("STYLE"));
        followKept();
        assertThat(fal.asked).hasSize(asked + 1);
        avatars.run("UPDATE avatars SET status = 'CANCELLED' WHERE id = '" + id + "'");
        followKept();
        assertThat(fal.asked).hasSize(asked + 1);
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_kept_hint"))
                .isZero();
    }

    /** Three failures in a row of regular checks would give it up. */
    @Test
    void hintWhoseCheckFailsIsRepeatedUntilFalAnswersAndCountsAsOneFailure() {
        AvatarId id = monitored("r-1");
        fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.SERVER_ERROR, "HTTP 502");
        hint("r-1");
        assertThat(failuresOfKeptHint()).isEqualTo("1");
        avatars.run("UPDATE avatar_monitor_kept_hint SET due_at = due_at + INTERVAL '1' HOUR");
        followKept();
        assertThat(fal.asked).as("not before it is due").hasSize(1);
        for (int i = 0; i < 4; i++) {
            followKeptNow();
        }
        assertThat(failuresOfKeptHint()).isEqualTo("5");
        assertThat(
                        avatars.count(
                                "SELECT count(*) FROM avatar_monitor_kept_hint WHERE due_at"
                                        + " BETWEEN current_timestamp + INTERVAL '1' SECOND AND current_timestamp + INTERVAL '80' SECOND"))
                .as("five times doubled from 5 s")
                .isEqualTo(1);
        assertThat(Sql.rows(
                        fresh.database(), "SELECT failures_in_row, coalesce(outcome, 'open') FROM avatar_monitoring"))
                .containsExactly("1|open");

        fal.status = new FalAnswer.Completed(null, null);
        fal.result = new FalAnswer.Output(JsonParser.parseString(MODEL).getAsJsonObject());
        followKeptNow();
        assertThat(avatars.row(id)).containsEntry("status", "COMPLETED");
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_kept_hint"))
                .isZero();
    }

    @Test
    void hintIsGivenUpAfterEightRepetitionsOrOnceFalAnswersThatTheTrainingGoesOn() {
        monitored("r-1");
        fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "no answer in 20 s");
        hint("r-1");
        for (int i = 0; i < 8; i++) {
            followKeptNow();
        }
        assertThat(fal.asked).hasSize(9);
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_kept_hint"))
                .isZero();

        hint("r-1");
        fal.status = new FalAnswer.InProgress(null);
        followKeptNow();
        assertThat(fal.asked).hasSize(11);
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_kept_hint"))
                .isZero();
    }

    @Test
    void hintIsRepeatedWhileTheResultIsNotThereYet() {
        AvatarId id = monitored("r-1");
        fal.status = new FalAnswer.Completed(null, null);
        fal.result = new FalAnswer.InProgress(null);
        hint("r-1");
        assertThat(failuresOfKeptHint()).isEqualTo("1");
        fal.result = new FalAnswer.Output(JsonParser.parseString(MODEL).getAsJsonObject());
        followKeptNow();
        assertThat(avatars.row(id)).containsEntry("status", "COMPLETED");
    }

    private AvatarId monitored(String request) {
        AvatarId id = avatars.training("PORTRAIT", request, now.minus(Duration.ofMinutes(5)));
        fresh.database()
                .inTransaction(connection -> MonitoringStore.begin(
                        connection, id, request, now.minus(Duration.ofMinutes(5)), now.plus(Duration.ofHours(1))));
        return id;
    }

    private String failuresOfKeptHint() {
        return Sql.rows(fresh.database(), "SELECT failures FROM avatar_monitor_kept_hint")
                .get(0);
    }

    private void followKeptNow() {
        avatars.run("UPDATE avatar_monitor_kept_hint SET due_at = current_timestamp");
        followKept();
    }

    private void followKept() {
        checks.checkKept();
        awaitIdle();
    }

    @Test
    void hintAboutATrainingThatGoesOnLeavesAnEndedMonitoringAsItIs() {
        AvatarId id = whoseMonitoringEnded(MonitoringStore.Outcome.STALLED);
        fal.status = new FalAnswer.InProgress(null);
        hint("r-stalled");
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(avatars.row("SELECT outcome FROM avatar_monitoring WHERE avatar_id = ?", id.value()))
                .containsEntry("outcome", "stalled");
        assertThat(avatars.events(id)).isEqualTo("null");
        assertThat(meter.found).isEmpty();
    }
}
