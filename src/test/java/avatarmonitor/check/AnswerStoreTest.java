package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.AnswerStore.Refused;
import avatarmonitor.check.decision.UnwrittenEnd;
import avatarmonitor.check.decision.UnwrittenEnd.Ending;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.Timestamps;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is stored of fal's answers, what is read again, and what is deleted. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_15"})
final class AnswerStoreTest {
    private static final Instant ANSWERED = Instant.parse("2026-11-23T10:00:00.123456Z");
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:05Z");
    private static final Instant TOLD = Instant.parse("2026-11-23T09:58:00Z");
    private static final Refused THIRD = new Refused(3, "23514", 7L, TOLD);
    private static final FalError NO_MODEL = new FalError(200, "no_model", "the result has no model", false);

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final Avatars avatars;
    private final AvatarId id = new AvatarId(UUID.randomUUID());

    AnswerStoreTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        avatars = new Avatars(database);
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void waitingEndIsReadAsItWasStored() {
        UnwrittenEnd end = failed("r-1", NO_MODEL, JsonParser.parseString("{\"a\":[1,\"ä\"]}"));
        keep(end, THIRD);
        assertThat(waiting()).contains(end);
        assertThat(row())
                .containsEntry("worker", "worker-1")
                .containsEntry("refusal", "new row violates a check")
                .containsEntry("http_code", "200")
                .containsEntry("error_type", "no_model")
                .containsEntry("charged", "yes")
                .containsEntry("written_at", null);
        assertThat(timeIn("refused_since")).isEqualTo(NOW);
        assertThat(refused("r-1")).isEqualTo(THIRD);
        assertThat(refused("r-2")).isEqualTo(new Refused(0, null, null, null));
    }

    @Test
    void nextRefusalCountsAndLeavesTheAnswer() {
        UnwrittenEnd end = failed("r-1", NO_MODEL, JsonParser.parseString("{}"));
        keep(end, new Refused(1, "23514", null, null));
        assertThat(refused("r-1")).isEqualTo(new Refused(1, "23514", null, null));
        keep(failed("r-1", null, null), new Refused(2, "42501", 8L, null));
        assertThat(waiting()).contains(end);
        assertThat(refused("r-1")).isEqualTo(new Refused(2, "42501", 8L, null));
    }

    @Test
    void endOfAnotherRequestReplacesWhatIsStored() {
        keep(failed("r-1", NO_MODEL, JsonParser.parseString("{}")), THIRD);
        UnwrittenEnd next = new UnwrittenEnd("r-2", Ending.COMPLETED, "COMPLETED", null, null, null, ANSWERED);
        keep(next, THIRD);
        assertThat(waiting()).contains(next);
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_answer")).isEqualTo(1);
    }

    @Test
    void writtenEndWaitsNoLonger() {
        keep(failed("r-1", NO_MODEL, JsonParser.parseString("{}")), THIRD);
        assertThat(isWritten("r-1")).isFalse();
        written("r-2");
        assertThat(isWritten("r-1")).as("of another request").isFalse();
        written("r-1");
        assertThat(isWritten("r-1")).isTrue();
        assertThat(isWritten("r-2")).isFalse();
        assertThat(timeIn("written_at")).isEqualTo(NOW);
        assertThat(waiting()).isEmpty();
        assertThat(refused("r-1")).isEqualTo(new Refused(0, null, null, null));
    }

    @Test
    void endThatIsAlreadyInTheAvatarsRowIsNoRefusal() {
        UnwrittenEnd end = failed("r-1", NO_MODEL, JsonParser.parseString("{}"));
        keepWritten(end);
        assertThat(row()).containsEntry("refused_since", null).containsEntry("refusals", "0");
        assertThat(timeIn("written_at")).isEqualTo(NOW);
        assertThat(waiting()).isEmpty();
        assertThat(withoutModel()).contains(end);
    }

    @ParameterizedTest
    @CsvSource({"FAILED, 422, true", "FAILED, 200, false", "COMPLETED, 200, true", "CANCELLED, 200, true"})
    void onlyAFailureWithAResultIsWithoutModel(Ending ending, int code, boolean body) {
        FalError error = new FalError(code, "", "words", false);
        JsonElement result = body ? JsonParser.parseString("{}") : null;
        keepWritten(new UnwrittenEnd("r-1", ending, "COMPLETED", "words", error, result, ANSWERED));
        assertThat(withoutModel()).isEmpty();
    }

    @Test
    void answerThatWaitsIsNotYetWithoutModel() {
        keep(failed("r-1", NO_MODEL, JsonParser.parseString("{}")), THIRD);
        assertThat(withoutModel()).isEmpty();
    }

    @Test
    void errorWithoutTypeAndCodeIsReadWithoutThem() {
        UnwrittenEnd end = failed("r-1", new FalError(0, "", "the reason", true), null);
        keep(end, THIRD);
        assertThat(row())
                .containsEntry("error_type", null)
                .containsEntry("http_code", null)
                .containsEntry("retryable", database.dialect().name().equals("H2") ? "TRUE" : "t")
                .containsEntry("charged", "maybe");
        assertThat(waiting()).contains(end);
    }

    @Test
    void bodyIsStoredUpToItsLimit() {
        keepWritten(failed("r-1", NO_MODEL, new JsonPrimitive("x".repeat(6 * 1024 * 1024 + 1024 - 2))));
        assertThat(withoutModel()).isPresent();
        keepWritten(failed("r-1", NO_MODEL, new JsonPrimitive("x".repeat(6 * 1024 * 1024 + 1024 - 1))));
        assertThat(row()).containsEntry("body", null);
    }

    @Test
    void retrainingDropsTheAnswerOfThePreviousRequest() {
        keep(failed("r-1", NO_MODEL, null), THIRD);
        retrained("r-1");
        assertThat(waiting()).isPresent();
        retrained("r-2");
        assertThat(waiting()).isEmpty();
    }

    @Test
    void oldAnswersThatNoTrainingWaitsForAreDeletedTheOldestFirst() {
        AvatarId training = avatars.training("PORTRAIT", "r-1", ANSWERED);
        AvatarId retrained = avatars.training("PORTRAIT", "r-2", ANSWERED);
        AvatarId latest = new AvatarId(UUID.randomUUID());
        store(training, ANSWERED.minusSeconds(9));
        store(retrained, ANSWERED.minusSeconds(3));
        store(id, ANSWERED.minusSeconds(2));
        store(latest, ANSWERED);
        assertThat(prune(ANSWERED, 1)).isEqualTo(1);
        assertThat(left(retrained)).isZero();
        assertThat(prune(ANSWERED, 10)).isEqualTo(1);
        assertThat(left(id)).isZero();
        assertThat(left(latest)).isEqualTo(1);
        assertThat(left(training)).isEqualTo(1);
    }

    private static UnwrittenEnd failed(String request, @Nullable FalError error, @Nullable JsonElement body) {
        String reason = error == null ? null : error.detail();
        return new UnwrittenEnd(request, Ending.FAILED, "COMPLETED", reason, error, body, ANSWERED);
    }

    private void keep(UnwrittenEnd end, Refused refused) {
        database.inTransaction(connection -> {
            AnswerStore.keep(connection, id, end, refused, "new row violates a check", "worker-1", NOW);
            return true;
        });
    }

    private void keepWritten(UnwrittenEnd end) {
        database.inTransaction(connection -> {
            AnswerStore.keepWritten(connection, id, end, "worker-1", NOW);
            return true;
        });
    }

    private void store(AvatarId avatar, Instant at) {
        UnwrittenEnd end = new UnwrittenEnd("r-1", Ending.FAILED, "COMPLETED", "words", null, null, at);
        database.inTransaction(connection -> {
            AnswerStore.keepWritten(connection, avatar, end, "worker-1", NOW);
            return true;
        });
    }

    private void written(String request) {
        database.inTransaction(connection -> {
            AnswerStore.written(connection, id, request, NOW);
            return true;
        });
    }

    private void retrained(String request) {
        database.inTransaction(connection -> {
            AnswerStore.retrained(connection, id, request);
            return true;
        });
    }

    private int prune(Instant before, int batch) {
        return database.inTransaction(connection -> AnswerStore.prune(connection, before, batch));
    }

    private int left(AvatarId avatar) {
        return avatars.count("SELECT count(*) FROM avatar_monitor_answer WHERE avatar_id = ?", avatar.value());
    }

    private Optional<UnwrittenEnd> waiting() {
        return database.read(connection -> AnswerStore.waiting(connection, id));
    }

    private Optional<UnwrittenEnd> withoutModel() {
        return database.read(connection -> AnswerStore.withoutModel(connection, id));
    }

    private Refused refused(String request) {
        return database.inTransaction(connection -> AnswerStore.refused(connection, id, request));
    }

    private boolean isWritten(String request) {
        return database.read(connection -> AnswerStore.isWritten(connection, id, request));
    }

    private Map<String, @Nullable String> row() {
        return avatars.row("SELECT * FROM avatar_monitor_answer WHERE avatar_id = ?", id.value());
    }

    private Instant timeIn(String column) {
        return database.read(connection -> Jdbc.first(
                        connection,
                        "SELECT " + column + " AS at FROM avatar_monitor_answer WHERE avatar_id = ?",
                        row -> Timestamps.at(row, "at"),
                        id.value())
                .orElseThrow());
    }
}
