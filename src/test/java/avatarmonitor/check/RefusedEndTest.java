package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Locks;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Row 13 on every database: an end that the database refuses is counted, reported, stored, and written once the cause
 * is gone.
 */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class RefusedEndTest {
    private static final String NOTHING_ENDS =
            "ALTER TABLE avatars ADD CONSTRAINT only_training CHECK (status = 'TRAINING')";
    private static final String CAUSE_GONE = "ALTER TABLE avatars DROP CONSTRAINT only_training";

    private final TestDatabase.Fresh fresh;
    private final RefusedEnds ends;

    RefusedEndTest(TestDatabase kind) {
        fresh = kind.fresh();
        ends = new RefusedEnds(fresh.database());
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @ParameterizedTest
    @CsvSource({"completed, COMPLETED, 2", "failed, ERROR, 2", "cancelled, CANCELLED, 1"})
    void refusedEndIsCountedReportedKeptAndWrittenOnceTheCauseIsGone(String ending, String status, int requests) {
        AvatarId id = ends.watched("r-1");
        ends.avatars.run(NOTHING_ENDS);
        ends.falSays(ending);
        AtomicInteger refused = new AtomicInteger();
        ends.check.onWriteRefused(refused::incrementAndGet);

        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(ends.watch(id))
                .containsEntry("checks", "1")
                .containsEntry("failures_in_row", "1")
                .containsEntry("write_refusals", "1")
                .containsEntry("outcome", null);
        assertThat(ends.watch(id).get("last_error")).startsWith("write refused by the database, SQLState 2351");
        assertThat(ends.watch(id).get("last_answered_at"))
                .as("fal has answered: the training does not count as late")
                .isEqualTo(ends.watch(id).get("last_checked_at"))
                .isNotNull();
        assertThat(ends.fal.asked).hasSize(requests);
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.outbox()).as("alert before the third refusal").isZero();
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.outbox()).as("alert at the third refusal").isEqualTo(1);
        assertThat(ends.watch(id)).containsEntry("checks", "3").containsEntry("failures_in_row", "3");
        assertThat(refused).hasValue(3);
        assertThat(ends.avatars.count(
                        "SELECT count(*) FROM avatar_monitor_check WHERE avatar_id = ? AND outcome = 'write_refused'",
                        id.value()))
                .isPositive();
        assertThat(ends.avatars.events(id)).isEqualTo("write_refused");
        assertThat(ends.fal.asked).as("requests of three checks").hasSize(requests);

        ends.avatars.run(CAUSE_GONE);
        ends.check = ends.restarted();
        assertThat(ends.next(id).words()).isEqualTo(ending);
        assertThat(ends.avatars.row(id)).containsEntry("status", status);
        assertThat(ends.watch(id)).containsEntry("outcome", ending).containsEntry("write_refusals", "0");
        assertThat(ends.avatars.events(id)).isEqualTo("write_refused," + ending);
        assertThat(ends.answer(id).get("written_at")).isNotNull();
        assertThat(ends.fal.asked).as("requests after a restart").hasSize(requests);
    }

    @ParameterizedTest
    @CsvSource({
        "refused, false, STILL_TRAINING, result_refused",
        "refused, true, WINDOW_EXPIRED, 'result_refused,window_expired'",
        "unavailable, true, WINDOW_EXPIRED, window_expired",
        "unavailable, false, GAVE_UP, gave_up",
    })
    void touchThatAConstraintRefusesKeepsNoEventFromBeingWritten(
            String answer, boolean lastInWindow, CheckOutcome outcome, String events) {
        AvatarId id = ends.watched("r-1");
        ends.avatars.run(
                "ALTER TABLE avatars ADD CONSTRAINT no_touch CHECK (status <> 'TRAINING' OR last_status_check IS NULL)");
        ends.assertEventsAreWrittenWithoutATouch(id, answer, lastInWindow, outcome, events);
    }

    /** Another worker writes the end meanwhile: avatar, monitoring state and stored answer, in this order. */
    @Test
    void refusalIsRecordedWithoutADeadlockWithAnotherWriter() throws Exception {
        AvatarId id = ends.watched("r-1");
        ends.avatars.run(NOTHING_ENDS);
        ends.falSays("completed");
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);

        CompletableFuture<CheckOutcome> check = fresh.database().inTransaction(other -> {
            touch(other, "UPDATE avatar_monitoring SET checks = checks WHERE avatar_id = ?", id);
            CompletableFuture<CheckOutcome> next = Background.supply(() -> ends.next(id));
            Locks.awaitWaiting(fresh.database());
            touch(other, "UPDATE avatar_monitor_answer SET refusals = refusals WHERE avatar_id = ?", id);
            return next;
        });

        assertThat(check.get(60, TimeUnit.SECONDS)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.watch(id)).containsEntry("write_refusals", "2");
    }

    private static void touch(Connection connection, String update, AvatarId id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setObject(1, id.value());
            assertThat(statement.executeUpdate()).isEqualTo(1);
        }
    }

    /** Each character of three bytes, and DEL of one byte, takes six in ASCII. */
    @ParameterizedTest
    @CsvSource({"0x65e5, 349000", "0x7f, 1048000"})
    @Tag("slow")
    void answerAsLongAsTheClientTakesIsKept(int character, int count) {
        AvatarId id = ends.watched("r-1");
        ends.avatars.run(NOTHING_ENDS);
        ends.falSays("completed");
        String words = Character.toString(character).repeat(count);
        ends.completed(RefusedEnds.MODEL.strip().replaceFirst("\\}$", ", \"prompt\": \"" + words + "\"}"));
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        ends.avatars.run(CAUSE_GONE);
        ends.check = ends.restarted();
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(ends.fal.asked).as("asked for again").hasSize(2);
    }

    @Test
    void keptSuccessIsWrittenAfterItsWindowAndAfterFalForgotIt() {
        AvatarId id = ends.watched("r-1");
        ends.avatars.run(NOTHING_ENDS);
        ends.falSays("completed");
        assertThat(ends.check.check(id, true)).isEqualTo(CheckOutcome.WINDOW_EXPIRED);
        assertThat(ends.avatars.events(id)).isEqualTo("write_refused,window_expired");
        ends.fal.status = new FalAnswer.NotFound("gone");
        ends.begin(id, "r-1");
        fresh.database()
                .inTransaction(connection -> MonitoringStore.beginAll(
                        connection,
                        List.of(new MonitoringStore.Beginning(id, "r-1", ends.now.plusSeconds(3600))),
                        ends.now));
        ends.avatars.run(CAUSE_GONE);
        ends.check = ends.restarted();
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(ends.avatars.row(id))
                .containsEntry("diffusers_lora_file_url", "https://files.example.com/lora.safetensors");
    }

    @Test
    void retrainedAvatarDropsWhatIsKept() {
        AvatarId id = ends.watched("r-1");
        ends.avatars.run(NOTHING_ENDS);
        ends.falSays("completed");
        ends.next(id);
        ends.avatars.run("UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?", id.value());
        ends.avatars.run(CAUSE_GONE);
        ends.fal.status = new FalAnswer.InProgress(10);
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.STARTED_ANEW);
        assertThat(ends.avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(ends.answer(id)).isEmpty();
        assertThat(ends.watch(id)).containsEntry("write_refusals", "0");
    }

    /** The worker that kept the end is gone, and monitoring of the new training has not started. */
    @Test
    void endOfThePreviousTrainingIsNotWrittenToANewOne() {
        AvatarId id = ends.watched("r-1");
        ends.avatars.run(NOTHING_ENDS);
        ends.falSays("completed");
        ends.next(id);
        ends.avatars.run(CAUSE_GONE);
        ends.avatars.run("DELETE FROM avatar_monitoring");
        ends.avatars.run("UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?", id.value());
        ends.fal.status = new FalAnswer.InProgress(10);
        ends.check = ends.restarted();
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(ends.fal.asked).last().isEqualTo("status fal-ai/portrait r-2");
        assertThat(ends.avatars.row(id)).containsEntry("status", "TRAINING");
    }

    @Test
    void whatTheUserDecidesMeanwhileHolds() {
        AvatarId id = ends.watched("r-1");
        ends.avatars.run(NOTHING_ENDS);
        ends.falSays("completed");
        ends.next(id);
        ends.avatars.run(CAUSE_GONE);
        ends.avatars.run("UPDATE avatars SET status = 'DRAFT' WHERE id = ?", id.value());
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.NOT_TRAINING);
        assertThat(ends.avatars.row(id)).containsEntry("status", "DRAFT").containsEntry("config_file_url", null);
        assertThat(ends.watch(id)).containsEntry("outcome", "stopped");
    }

    /** The transaction that lost a deadlock records its refusal after the winner has written. */
    @Test
    void refusalThatComesLateChangesNoEnd() {
        AvatarId id = ends.watched("r-1");
        ends.avatars.run(NOTHING_ENDS);
        ends.falSays("completed");
        ends.avatars.run("UPDATE avatar_monitoring SET outcome = 'failed' WHERE avatar_id = ?", id.value());

        ends.next(id);

        assertThat(ends.watch(id)).containsEntry("outcome", "failed").containsEntry("write_refusals", "0");
        assertThat(ends.avatars.count("SELECT count(*) FROM avatar_monitor_answer"))
                .isZero();
    }

    @Test
    void eachCauseGetsOneEvent() {
        AvatarId id = ends.watched("r-1");
        ends.avatars.run(NOTHING_ENDS);
        ends.falSays("completed");
        ends.next(id);
        ends.next(id);
        ends.avatars.run("UPDATE avatars SET config_file_url = 'https://x.example' WHERE id = ?", id.value());
        ends.avatars.run("CREATE UNIQUE INDEX one_model ON avatars (config_file_url)");
        AvatarId other = ends.avatars.insert("PORTRAIT", "TRAINING", "r-2", RefusedEnds.START);
        ends.avatars.run(
                "UPDATE avatars SET config_file_url = 'https://files.example.com/config.json' WHERE id = ?",
                other.value());
        ends.avatars.run(CAUSE_GONE);
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.avatars.events(id)).isEqualTo("write_refused,write_refused");
        assertThat(ends.answer(id)).containsEntry("sql_state", "23505").containsEntry("refusals", "4");
        assertThat(ends.outbox()).isEqualTo(1);
    }

    @Test
    void refusalsThatGoOnAreReportedAgainWhileTheAlertWouldEnd() {
        AvatarId id = ends.watched("r-1");
        ends.avatars.run(NOTHING_ENDS);
        ends.falSays("completed");
        for (int i = 0; i < 12; i++) {
            ends.next(id);
        }
        ends.avatars.run("DELETE FROM avatar_monitor_outbox");
        ends.next(id);
        assertThat(ends.outbox()).as("ten minutes after it was told").isEqualTo(1);
        assertThat(ends.avatars.events(id)).isEqualTo("write_refused");
    }

    @Test
    void answersAndWatchesThatNothingWaitsForArePruned() {
        AvatarId refused = ends.watched("r-1");
        AvatarId deleted = ends.watched("r-2");
        AvatarId ended = ends.watched("r-3");
        AvatarId training = ends.watched("r-4");
        ends.falSays("completed");
        ends.next(ended);
        ends.avatars.run(
                "ALTER TABLE avatars ADD CONSTRAINT only_training CHECK (status = 'TRAINING' OR id = '" + ended + "')");
        ends.next(refused);
        ends.next(deleted);
        ends.avatars.run("DELETE FROM avatars WHERE id = ?", deleted.value());
        Instant later = ends.now.plusSeconds(1);
        assertThat(prune(RefusedEnds.START.minusSeconds(1))).isZero();
        assertThat(prune(later)).isEqualTo(3);
        assertThat(ends.answer(refused)).isNotEmpty();
        assertThat(ends.watch(refused)).isNotEmpty();
        assertThat(ends.watch(training)).isNotEmpty();
        assertThat(ends.answer(deleted)).isEmpty();
        assertThat(ends.watch(deleted)).isEmpty();
        assertThat(ends.watch(ended)).isEmpty();
    }

    private int prune(Instant before) {
        return fresh.database()
                .inTransaction(connection ->
                        AnswerStore.prune(connection, before, 10) + EndedMonitorings.prune(connection, before, 10));
    }
}
