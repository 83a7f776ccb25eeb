package avatarmonitor.app;

import static avatarmonitor.app.MonitorFixture.ADA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.app.CancelOutcome.Kind;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.background.PeriodicTasks;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A cancel at fal never writes the avatar; only the check that finds how the training ended does. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class CancelTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @AutoClose
    private final MonitorFixture fixture;

    private final Database database;
    private final Avatars avatars;
    private final Monitor monitor;

    CancelTest(TestDatabase kind) {
        fixture = new MonitorFixture(
                kind,
                "AVATAR_MONITOR_MONITOR_CANCEL_ON",
                "stalled, gave_up",
                "AVATAR_MONITOR_FAL_REQUESTS_PER_SECOND",
                "100");
        database = fixture.database;
        avatars = fixture.avatars;
        monitor = fixture.monitor;
    }

    private AvatarId training(String request, Scenario scenario) {
        return fixture.training(request, Duration.ofMinutes(5), scenario);
    }

    private CancelOutcome cancel(AvatarId id) {
        return monitor.operator().cancel(id, ADA);
    }

    private String status(AvatarId id) {
        return Sql.rows(database, "SELECT status FROM avatars WHERE id = '" + id + "'")
                .get(0);
    }

    private CheckOutcome checkUntilEnded(AvatarId id) {
        return await().atMost(SOON)
                .until(
                        () -> monitor.operator().check(id, ADA).outcome(),
                        outcome -> outcome != CheckOutcome.STILL_TRAINING);
    }

    private List<String> events(AvatarId id) {
        return Sql.rows(database, "SELECT type FROM avatar_event WHERE avatar_id = '" + id + "' ORDER BY id");
    }

    private String details(String type) {
        return String.join(
                "\n", Sql.rows(database, "SELECT detail FROM avatar_event WHERE type = '" + type + "' ORDER BY id"));
    }

    @Test
    void runningTrainingIsFollowedToItsCancellation() {
        AvatarId id = training("req-1", Scenario.standard());

        assertThat(cancel(id).kind()).isEqualTo(Kind.CANCEL_REQUESTED);

        assertThat(status(id)).isEqualTo("TRAINING");
        assertThat(Sql.rows(database, "SELECT avatar_id FROM v_watched")).containsExactly(id.toString());
        assertThat(events(id)).contains("cancel_requested", "watching", "operator_action");
        assertThat(details("cancel_requested")).contains("\"by\":\"operator\"", "\"outcome\":\"cancel_requested\"");
        assertThat(details("operator_action"))
                .contains("\"action\":\"cancel\"", "\"outcome\":\"cancel_requested\"", "\"actor\":\"ada\"");
        assertThat(checkUntilEnded(id)).isEqualTo(CheckOutcome.CANCELLED);
        assertThat(status(id)).isEqualTo("CANCELLED");
    }

    /** A completed model is stored in spite of the cancel, since it is paid for. */
    @Test
    void trainingThatHadCompletedIsStored() {
        AvatarId id = training(
                "req-1", Scenario.standard().withQueue(Duration.ZERO, 0).withRun(Duration.ZERO));

        CancelOutcome outcome = await().atMost(SOON).until(() -> cancel(id), one -> one.kind() == Kind.ALREADY_OVER);

        assertThat(outcome.done()).isTrue();
        assertThat(checkUntilEnded(id)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(
                        Sql.rows(
                                database,
                                "SELECT status FROM avatars WHERE diffusers_lora_file_url LIKE 'http%' AND config_file_url LIKE 'http%'"))
                .containsExactly("COMPLETED");
    }

    @Test
    void whatCannotBeCancelledSaysWhyAndChangesNothing() {
        AvatarId ended = avatars.insert("PORTRAIT", "ERROR", "req-1", Instant.now());
        AvatarId odd = avatars.training("PORTRAIT", "../x", Instant.now());
        AvatarId unknown = avatars.training("PORTRAIT", "req-2", Instant.now());
        AvatarId none = AvatarId.parse("00000000-0000-0000-0000-000000000009").orElseThrow();

        assertThat(cancel(ended).words()).isEqualTo("Refused: its status is ERROR, not TRAINING.");
        assertThat(cancel(odd).kind()).isEqualTo(Kind.REFUSED);
        assertThat(cancel(none).kind()).isEqualTo(Kind.NO_AVATAR);
        assertThat(cancel(unknown).kind()).isEqualTo(Kind.NOT_FOUND);

        assertThat(Sql.rows(database, "SELECT avatar_id FROM v_watched")).isEmpty();
        assertThat(events(ended)).containsOnly("operator_action");
        assertThat(events(unknown)).contains("cancel_requested");
        assertThat(status(unknown)).isEqualTo("TRAINING");
    }

    @Test
    void cancelThatFalDoesNotTakeFailsAndLeavesNoEventOfACancel() {
        AvatarId id = training("req-1", Scenario.standard().withFaults(List.of(Fault.badGateway())));

        CancelOutcome outcome = cancel(id);

        assertThat(outcome.kind()).isEqualTo(Kind.FAILED);
        assertThat(outcome.words()).startsWith("Not cancelled: fal gave no usable answer");
        assertThat(events(id)).containsOnly("operator_action");
        assertThat(details("operator_action")).contains("\"outcome\":\"failed\"");
    }

    @Test
    void forgottenTrainingsAreCancelledOnceWhereThatIsConfigured() {
        AvatarId gaveUp = training(
                "req-1",
                Scenario.standard().withFaults(List.of(Fault.badGateway().times(1))));
        AvatarId retrained = training("req-3", Scenario.standard());
        AvatarId other = training("req-4", Scenario.standard());
        happened(gaveUp, "req-1", "gave_up");
        happened(retrained, "req-2", "stalled");
        happened(other, "req-4", "window_expired");

        monitor.cancelOn.run();
        assertThat(details("cancel_requested")).isEmpty();
        monitor.cancelOn.run();
        assertThat(details("cancel_requested")).contains("\"by\":\"gave_up\"", "\"outcome\":\"cancel_requested\"");
        monitor.cancelOn.run();

        assertThat(Sql.rows(database, "SELECT avatar_id FROM avatar_event WHERE type = 'cancel_requested'"))
                .containsExactly(gaveUp.toString());
        assertThat(Sql.rows(database, "SELECT avatar_id FROM v_watched")).containsExactly(gaveUp.toString());
    }

    /** After an outage a training that gave up in it is monitored again, and is healthy. */
    @Test
    void trainingThatIsMonitoredAgainIsNotCancelled() {
        AvatarId id = training("req-1", Scenario.standard());
        happened(id, "req-1", "gave_up");
        monitor.operator().monitor(id, Overrides.Change.NOTHING, ADA);
        monitor.cancelOn.run();
        assertThat(asked()).isEmpty();
        monitor.operator().unmonitor(id, ADA);
        monitor.cancelOn.run();
        assertThat(asked()).containsExactly("req-1");
    }

    /** The thread of the scans does not wait for a fal that does not answer, and one run is under way at a time. */
    @Test
    void cancelsRunOnTheirOwnThread() throws Exception {
        happened(training("req-1", Scenario.standard()), "req-1", "gave_up");
        fixture.fal.inject(Fault.hang().on(Op.CANCEL));
        PeriodicTasks thread = new PeriodicTasks("w", "cancel");
        monitor.cancelOn.runOn(thread);
        await().atMost(SOON).until(() -> fixture.fal.calls(Op.CANCEL).size() == 1);
        monitor.cancelOn.runOn(thread);
        fixture.fal.clearFaults();
        thread.stop();
        monitor.fal().close();
        thread.awaitEnd(SOON);
        assertThat(fixture.fal.calls(Op.CANCEL)).hasSize(1);
    }

    /** One run cancels at most 50: the next one continues behind them, also when fal accepted none. */
    @Test
    void trainingsThatFalRefusesToCancelHoldUpNoOthers() {
        for (int i = 1; i <= 51; i++) {
            String request = "req-" + i;
            happened(
                    training(request, Scenario.standard().withFaults(List.of(Fault.badGateway()))), request, "stalled");
        }

        monitor.cancelOn.run();
        assertThat(asked()).hasSize(50);
        monitor.cancelOn.run();

        assertThat(asked()).hasSize(51);
        assertThat(details("cancel_requested")).isEmpty();
    }

    /** Requests whose cancel was sent to fal. */
    private Set<String> asked() {
        return fixture.fal.calls(Op.CANCEL).stream().map(Call::requestId).collect(Collectors.toSet());
    }

    private void happened(AvatarId id, String request, String type) {
        avatars.run(
                "INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail) VALUES (current_timestamp, ?, ?, 'w', ?, "
                        + database.dialect().jsonParameter() + ")",
                id.value(),
                request,
                type,
                "{}");
    }
}
