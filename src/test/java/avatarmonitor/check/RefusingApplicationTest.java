package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.TestDatabase;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Obstacles that an application can put between the worker and its table in PostgreSQL. */
@ParameterizedClass
@EnumSource(value = TestDatabase.class, names = "POSTGRESQL.*", mode = EnumSource.Mode.MATCH_ALL)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings(
        "NullAway") // JUnit sets the parameter after construction, and the first test makes what depends on it
final class RefusingApplicationTest {
    @Parameter
    TestDatabase kind;

    /** Created by the first test of each database, since parameters are not available before. */
    private TestDatabase.@Nullable Fresh fresh;

    private RefusedEnds ends;
    private AvatarId id;

    @BeforeEach
    void train() {
        if (fresh == null) {
            fresh = kind.fresh();
            ends = new RefusedEnds(fresh.database());
        }
        id = ends.watched("r-1");
        ends.check = ends.restarted();
        ends.falSays("completed");
    }

    @AfterEach
    void letItTakeAll() {
        ends.avatars.run("DROP FUNCTION IF EXISTS refuse() CASCADE");
        ends.avatars.run("ALTER TABLE avatars DROP CONSTRAINT IF EXISTS only_training");
        ends.avatars.run("DELETE FROM avatar_monitor_outbox");
    }

    @AfterParameterizedClassInvocation
    void close() {
        fresh.close();
        fresh = null;
    }

    private void trigger(String kind, String body) {
        ends.avatars.run("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body + " END $$");
        ends.avatars.run("CREATE " + kind + " FOR EACH ROW EXECUTE FUNCTION refuse()");
    }

    private void assertRefused(String cause) {
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.avatars.row(id))
                .containsEntry("status", "TRAINING")
                .containsEntry("training_completed_at", null);
        assertThat(ends.watch(id)).containsEntry("checks", "2").containsEntry("failures_in_row", "2");
        assertThat(ends.answer(id)).containsEntry("sql_state", cause);
        assertThat(ends.fal.asked).hasSize(2);
    }

    private void assertWritten() {
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(ends.avatars.row(id)).containsEntry("status", "COMPLETED");
    }

    @ParameterizedTest
    @CsvSource({
        "BEFORE UPDATE ON avatars, P0001, RAISE EXCEPTION 'not allowed'; RETURN NEW;",
        "AFTER UPDATE ON avatars, P0001, RAISE EXCEPTION 'not allowed'; RETURN NULL;",
        "BEFORE UPDATE ON avatars, 53100, RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; RETURN NEW;",
        "BEFORE UPDATE ON avatars, 42501, RAISE EXCEPTION 'no' USING ERRCODE = '42501'; RETURN NEW;",
        "BEFORE UPDATE ON avatars, 22P05, RAISE EXCEPTION 'no' USING ERRCODE = '22P05'; RETURN NEW;",
        "BEFORE UPDATE ON avatars, none, RETURN NULL;",
        "BEFORE UPDATE ON avatars, none, NEW.status := OLD.status; RETURN NEW;",
    })
    void triggerThatRefuses(String when, String cause, String body) {
        trigger("TRIGGER refuse " + when, body);
        assertRefused(cause);
        assertThat(ends.avatars.events(id)).isEqualTo("write_refused");
        ends.avatars.run("DROP TRIGGER refuse ON avatars");
        assertWritten();
    }

    @ParameterizedTest
    @CsvSource({
        "refused, false, STILL_TRAINING, result_refused",
        "refused, true, WINDOW_EXPIRED, 'result_refused,window_expired'",
        "unavailable, true, WINDOW_EXPIRED, window_expired",
        "unavailable, false, GAVE_UP, gave_up",
    })
    void touchThatATriggerRefusesKeepsNoEventFromBeingWritten(
            String answer, boolean lastInWindow, CheckOutcome outcome, String events) {
        trigger(
                "TRIGGER refuse BEFORE UPDATE ON avatars",
                "IF NEW.status = 'TRAINING' THEN RAISE EXCEPTION 'no touch'; END IF; RETURN NEW;");
        ends.assertEventsAreWrittenWithoutATouch(id, answer, lastInWindow, outcome, events);
    }

    @Test
    void deferredConstraintThatFailsAtCommit() {
        trigger(
                "CONSTRAINT TRIGGER refuse AFTER UPDATE ON avatars DEFERRABLE INITIALLY DEFERRED",
                "RAISE EXCEPTION 'not allowed'; RETURN NULL;");
        assertRefused("P0001");
        ends.avatars.run("DROP TRIGGER refuse ON avatars");
        assertWritten();
    }

    /** Including constraints that are checked only at commit. */
    @ParameterizedTest
    @CsvSource({
        "23503, FOREIGN KEY (diffusers_lora_file_url) REFERENCES known_model (url)",
        "23503, FOREIGN KEY (diffusers_lora_file_url) REFERENCES known_model (url) DEFERRABLE INITIALLY DEFERRED",
        "23P01, EXCLUDE USING btree (diffusers_lora_file_url WITH =)",
        "23P01, EXCLUDE USING btree (diffusers_lora_file_url WITH =) DEFERRABLE INITIALLY DEFERRED",
        "23505, UNIQUE (diffusers_lora_file_url) DEFERRABLE INITIALLY DEFERRED",
    })
    void constraintAcrossRowsThatRefuses(String cause, String constraint) {
        AvatarId other = ends.avatars.training("PORTRAIT", "r-other", RefusedEnds.START);
        ends.avatars.run(
                "UPDATE avatars SET diffusers_lora_file_url = ? WHERE id = ?",
                cause.equals("23503") ? null : "https://files.example.com/lora.safetensors",
                other.value());
        // Rows of earlier tests may violate it.
        ends.avatars.run("UPDATE avatars SET diffusers_lora_file_url = NULL WHERE id <> ?", other.value());
        ends.avatars.run("CREATE TABLE known_model (url varchar(500) PRIMARY KEY)");
        ends.avatars.run("ALTER TABLE avatars ADD CONSTRAINT across " + constraint);
        try {
            assertRefused(cause);
        } finally {
            ends.avatars.run("ALTER TABLE avatars DROP CONSTRAINT across");
            ends.avatars.run("DROP TABLE known_model");
            ends.avatars.run("DELETE FROM avatars WHERE id = ?", other.value());
        }
        assertWritten();
    }

    @Test
    void ruleThatDoesNothingInstead() {
        ends.avatars.run("CREATE RULE refuse AS ON UPDATE TO avatars DO INSTEAD NOTHING");
        assertRefused("none");
        ends.avatars.run("DROP RULE refuse ON avatars");
        assertWritten();
    }

    @Test
    void rightsTakenAway() {
        StoreConfig config = fresh.role("ALL ON ALL TABLES IN SCHEMA public");
        String role = config.user();
        ends.avatars.run("REVOKE UPDATE ON avatars FROM " + role);
        try (Database worker = Database.open(config)) {
            ends.check = Checks.asking(ends.fal, worker, () -> ends.now);
            assertRefused("42501");
            ends.avatars.run("GRANT UPDATE ON avatars TO " + role);
            assertWritten();
        } finally {
            ends.avatars.run("DROP OWNED BY " + role);
            ends.avatars.run("DROP ROLE " + role);
        }
    }

    /** Contention may be temporary: it is counted at once, but reported only when it continues. */
    @ParameterizedTest
    @ValueSource(strings = {"40P01", "40001", "55P03", "57014"})
    void othersInTheWayAreReportedWhenTheyStay(String state) {
        trigger(
                "TRIGGER refuse BEFORE UPDATE ON avatars",
                "RAISE EXCEPTION 'no' USING ERRCODE = '" + state + "'; RETURN NEW;");
        assertRefused(state);
        assertThat(ends.avatars.events(id)).isEqualTo("null");
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.avatars.events(id)).isEqualTo("write_refused");
        assertThat(ends.outbox()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "25006", "57P01", "53300"})
    void outageIsNoRefusalButTheAnswerIsKept(String state) {
        trigger(
                "TRIGGER refuse BEFORE UPDATE ON avatars",
                "RAISE EXCEPTION 'no' USING ERRCODE = '" + state + "'; RETURN NEW;");
        assertThatThrownBy(() -> ends.next(id)).isInstanceOf(StoreException.class);
        assertThat(ends.watch(id)).containsEntry("checks", "0");
        ends.avatars.run("DROP TRIGGER refuse ON avatars");
        assertWritten();
        assertThat(ends.fal.asked).hasSize(2);
    }

    @Test
    void endThatOurOwnTablesDoNotTakeEitherIsKeptInMemory() {
        trigger(
                "TRIGGER refuse BEFORE UPDATE ON avatars",
                "RAISE EXCEPTION 'full' USING ERRCODE = '53100'; RETURN NEW;");
        ends.avatars.run(
                "CREATE TRIGGER refuse BEFORE UPDATE ON avatar_monitoring FOR EACH ROW EXECUTE FUNCTION refuse()");
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.answer(id)).isEmpty();
        for (String table : List.of("avatars", "avatar_monitoring")) {
            ends.avatars.run("DROP TRIGGER refuse ON " + table);
        }
        assertWritten();
        assertThat(ends.fal.asked).hasSize(2);
    }

    @Test
    void messageHoldsNoRowOfTheApplication() {
        ends.avatars.run("ALTER TABLE avatars ADD CONSTRAINT only_training CHECK (status = 'TRAINING') NOT VALID");
        ends.next(id);
        assertThat(String.valueOf(ends.watch(id).get("last_error")))
                .contains("SQLState 23514")
                .contains("only_training")
                .doesNotContain("Failing row", "Ada");
    }
}
