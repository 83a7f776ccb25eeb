package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a check tells its caller, and when it writes. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_15"})
final class CheckResultTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final FalAnswer.Output MODEL =
            new FalAnswer.Output(JsonParser.parseString("""
            {"diffusers_lora_file": {"url": "https://files.example.com/lora.safetensors"},
             "config_file": {"url": "https://files.example.com/config.json"}}""").getAsJsonObject());

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final Avatars avatars;
    private final ScriptedFal fal = new ScriptedFal();
    private final StatusCheck check;
    private final List<String> ended = new ArrayList<>();
    private Instant now = START;

    CheckResultTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        avatars = new Avatars(database);
        check = Checks.asking(fal, database, () -> now);
        check.onEnded(ended::add);
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void endsThatFalDecidesAreTold() {
        AvatarId success = monitored("r-1");
        AvatarId failure = monitored("r-2");
        AvatarId cancelled = monitored("r-3");
        AvatarId running = monitored("r-4");
        check.check(running, false);
        fal.status = new FalAnswer.Cancelled("client_cancelled");
        check.check(cancelled, false);
        assertThat(ended).isEmpty();

        fal.status = new FalAnswer.Completed(null);
        fal.result = MODEL;
        check.check(success, false);
        fal.result = new FalAnswer.Failed(new FalError(422, "invalid_archive", "not a zip", false), null);
        check.check(failure, false);
        assertThat(ended).containsExactly("r-1", "r-2");
        assertThat(fal.forgotten).containsExactly("r-3", "r-1", "r-2");
    }

    @Test
    void resultHoldsTheLastAnswerAndTheEndOfTheWindow() {
        AvatarId id = monitored("r-1");
        fal.status = new FalAnswer.InQueue(2);
        assertThat(check.run(id, false, null))
                .isEqualTo(new StatusCheck.Result(
                        CheckOutcome.STILL_TRAINING,
                        Instant.parse("2026-11-23T11:00:00Z"),
                        new FalAnswer.InQueue(2),
                        false));
        fal.status = new FalAnswer.Completed(null);
        fal.result = MODEL;
        assertThat(check.run(id, false, null).answer()).isEqualTo(MODEL);
        assertThat(check.run(id, false, null).answer())
                .as("nothing is asked after the end")
                .isNull();

        AvatarId unmonitored = avatars.training("PORTRAIT", "r-2", START);
        fal.status = new FalAnswer.InProgress(10);
        assertThat(check.run(unmonitored, false, null))
                .isEqualTo(
                        new StatusCheck.Result(CheckOutcome.STILL_TRAINING, null, new FalAnswer.InProgress(10), false));
    }

    @Test
    void endThatFalReportsWithoutItsResultIsExpectedSoon() {
        AvatarId id = monitored("r-1");
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "slow");
        assertThat(check.run(id, false, null).mayEndSoon()).isTrue();
        fal.status = new FalAnswer.InProgress(null);
        now = START.plusSeconds(180);
        assertThat(check.run(id, false, null).mayEndSoon()).isFalse();
    }

    @Test
    void answerOfAnOvertakenAttemptIsTheLastOne() {
        AvatarId id = monitored("r-1");
        fal.status = new FalAnswer.Completed(null);
        fal.result = MODEL;
        fal.onResult = () -> avatars.run("UPDATE avatars SET status = 'CANCELLED' WHERE id = ?", id.value());
        StatusCheck.Result result = check.run(id, false, null);
        assertThat(result.outcome()).isEqualTo(CheckOutcome.NOT_TRAINING);
        assertThat(result.answer()).isEqualTo(MODEL);
        assertThat(result.windowEndsAt()).isEqualTo("2026-11-23T11:00:00Z");
    }

    /** Its last check was slow, and another worker has started monitoring again meanwhile. */
    @Test
    void lastCheckOfAWindowDoesNotEndTheNextOne() {
        AvatarId id = monitored("r-1");
        fal.onStatus = () -> {
            fal.onStatus = () -> {};
            avatars.run(
                    "UPDATE avatar_monitoring SET window_ends_at = ?, checks = checks + 1",
                    Instant.parse("2026-11-23T12:00:00Z").atOffset(ZoneOffset.UTC));
        };
        StatusCheck.Result result = check.run(id, true, null);
        assertThat(result.outcome()).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(result.windowEndsAt()).isEqualTo("2026-11-23T12:00:00Z");
        assertThat(monitoring(id)).containsEntry("outcome", null).containsEntry("checks", "2");
    }

    @Test
    void checkEndsAfterThreeAttempts() {
        AvatarId id = monitored("r-1");
        fal.onStatus =
                () -> avatars.run("UPDATE avatar_monitoring SET checks = checks + 1 WHERE avatar_id = ?", id.value());
        StatusCheck.Result result = check.run(id, false, null);
        assertThat(result.outcome()).isEqualTo(CheckOutcome.OVERTAKEN);
        assertThat(fal.asked).hasSize(3);
        assertThat(monitoring(id)).containsEntry("checks", "3").containsEntry("last_checked_at", null);
    }

    @Test
    void checksByAHintCountFailuresOnceAndDoNotBackOff() {
        AvatarId id = monitored("r-1");
        fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "slow");
        StatusCheck byHint = check.byHint(fal);
        for (int i = 0; i < 5; i++) {
            assertThat(byHint.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        }
        assertThat(monitoring(id)).containsEntry("failures_in_row", "1").containsEntry("checks", "5");
        assertThat(fal.asked).hasSize(5);
    }

    @Test
    void callerThatWaitsFindsItsResultWritten() throws Exception {
        AvatarId regular = monitored("r-1");
        AvatarId waited = monitored("r-2");
        ScriptedFal own = new ScriptedFal();
        check.observations().start();
        try {
            assertThat(check.atOnce(own).check(waited, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
            assertThat(check.observations().keeps(waited)).isFalse();
            assertThat(monitoring(waited)).containsEntry("checks", "1");
            assertThat(own.asked).containsExactly("status fal-ai/portrait r-2");
            check.check(regular, false);
            assertThat(fal.asked).containsExactly("status fal-ai/portrait r-1");
        } finally {
            assertThat(check.observations().stop(Duration.ofSeconds(60))).isTrue();
        }
        assertThat(monitoring(regular)).containsEntry("checks", "1");
    }

    @Test
    void prefetchedStateIsThatOfTheDatabase() {
        AvatarId id = monitored("r-1");
        AvatarId gone = new AvatarId(UUID.randomUUID());
        AvatarStore store = AvatarStore.read(database, Types.at("fal-ai/portrait", "fal-ai/style"));
        Optional<StatusCheck.Snapshot> missing = database.read(c -> StatusCheck.Snapshot.find(c, store, gone));
        assertThat(missing).isEmpty();
        StatusCheck.Snapshot seen =
                database.read(c -> StatusCheck.Snapshot.find(c, store, id)).orElseThrow();
        boolean prefetches = check.prefetch(List.of(id)).containsKey(id);
        assertThat(prefetches).isEqualTo(fresh.config().url().startsWith("jdbc:postgresql:"));
        if (prefetches) {
            assertThat(check.prefetch(List.of(id, gone, id))).containsExactly(Map.entry(id, seen));
        }
        assertThat(check.prefetch(List.of())).isEmpty();
        assertThat(check.run(id, false, seen).windowEndsAt()).isEqualTo("2026-11-23T11:00:00Z");
        assertThat(monitoring(id)).containsEntry("checks", "1");
    }

    /** Two workers find the retraining at the same time; one of them has read the state before. */
    @Test
    void retrainingFoundTwiceIsReportedOnce() {
        AvatarId id = monitored("r-1");
        avatars.run("UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?", id.value());
        AvatarStore store = AvatarStore.read(database, Types.at("fal-ai/portrait", "fal-ai/style"));
        StatusCheck.Snapshot before =
                database.read(c -> StatusCheck.Snapshot.find(c, store, id)).orElseThrow();
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STARTED_ANEW);
        CheckOutcome second = check.run(id, false, before).outcome();
        assertThat(Sql.rows(database, "SELECT type, detail FROM avatar_event"))
                .containsExactly("superseded|{\"previous_request_id\":\"r-1\"}");
        assertThat(monitoring(id)).containsEntry("fal_request_id", "r-2").containsEntry("checks", "2");
        assertThat(second).isEqualTo(CheckOutcome.STILL_TRAINING);
    }

    @Test
    void deadlineEndsTheMonitoringWithOneEventThatNamesIt() {
        AvatarId id = monitored("r-1");
        Instant deadline = Instant.parse("2026-11-23T10:20:00Z");
        avatars.run("UPDATE avatar_monitoring SET deadline = ?", deadline.atOffset(ZoneOffset.UTC));
        now = deadline.minusMillis(1);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        now = deadline;
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.TIMED_OUT);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.TIMED_OUT);
        assertThat(Sql.rows(database, "SELECT type, detail FROM avatar_event"))
                .containsExactly("timed_out|{\"deadline\":\"2026-11-23T10:20:00Z\"}");
        assertThat(monitoring(id)).containsEntry("outcome", "timed_out");
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
    }

    @Test
    void givingUpIsReportedWithTheLastErrorAndItsCount() {
        AvatarId id = monitored("r-1");
        fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.SERVER_ERROR, "HTTP 502");
        for (int i = 0; i < 3; i++) {
            now = now.plusSeconds(600);
            check.check(id, false);
        }
        assertThat(Sql.rows(database, "SELECT type, detail FROM avatar_event"))
                .containsExactly("gave_up|{\"error\":\"SERVER_ERROR: HTTP 502\",\"failures_in_row\":3}");
    }

    private AvatarId monitored(String request) {
        AvatarId id = avatars.training("PORTRAIT", request, START);
        Checks.begin(database, id, request, START);
        return id;
    }

    private Map<String, @Nullable String> monitoring(AvatarId id) {
        return avatars.row("SELECT * FROM avatar_monitoring WHERE avatar_id = ?", id.value());
    }
}
