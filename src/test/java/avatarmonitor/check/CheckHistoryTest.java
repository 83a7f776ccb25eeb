package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Which checks are stored, and for how long. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
class CheckHistoryTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final ScriptedFal fal = new ScriptedFal();
    private final StatusCheck check;
    private final AvatarId id;
    private Instant now = START;

    CheckHistoryTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        check = Checks.asking(fal, database, () -> now);
        id = new Avatars(database).training("PORTRAIT", "r-1", START);
        Checks.begin(database, id, "r-1", now);
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void changesOfStateAndFailuresAreKeptAndNotWhatIsSaidAgain() {
        asked(new FalAnswer.InQueue(7));
        asked(new FalAnswer.InQueue(6));
        asked(new FalAnswer.InProgress(10));
        asked(new FalAnswer.InProgress(20));
        asked(new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "no answer"));
        asked(new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "no answer"));
        // A fire during backoff sends no request and is not kept.
        check.check(id, false);
        now = now.plusSeconds(120);
        asked(new FalAnswer.InProgress(30));
        asked(new FalAnswer.Cancelled("client_cancelled"));

        assertThat(history("outcome, queue_position, progress, error"))
                .containsExactly(
                        "still_training|7||",
                        "still_training||10|",
                        "still_training|||TIMEOUT: no answer",
                        "still_training|||TIMEOUT: no answer",
                        "still_training||30|",
                        "cancelled|||client_cancelled");
        assertThat(history("fal_request_id, worker").stream().distinct()).hasSize(1);
        assertThat(Sql.rows(database, "SELECT count(*) FROM avatar_monitor_check WHERE took_ms < 0"))
                .containsExactly("0");
    }

    @Test
    void oldOnesAreDeletedInBatches() {
        asked(new FalAnswer.InQueue(7));
        now = START.plusSeconds(3_000);
        Instant before = now;
        asked(new FalAnswer.InProgress(10));
        asked(new FalAnswer.InQueue(1));

        assertThat(prune(before, 1)).isEqualTo(1);
        assertThat(prune(before, 10)).as("what is as young as that stays").isZero();
        assertThat(prune(before.plusSeconds(1_000), 1))
                .as("no more than a batch")
                .isEqualTo(1);
    }

    private int prune(Instant before, int batch) {
        return database.inTransaction(connection -> CheckHistory.prune(connection, before, batch));
    }

    private void asked(FalAnswer.Status answer) {
        fal.status = answer;
        check.check(id, false);
        now = now.plusSeconds(60);
    }

    private List<String> history(String columns) {
        return Sql.rows(database, "SELECT " + columns + " FROM avatar_monitor_check ORDER BY id");
    }
}
