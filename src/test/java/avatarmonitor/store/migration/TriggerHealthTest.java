package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which trigger counts as live, which decides whether an avatar is monitored. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TriggerHealthTest {
    @Parameter
    @SuppressWarnings("NullAway.Init")
    private TestDatabase kind;

    /** One database for all tests of the class, since they are many and touch few rows each. */
    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private TrainingRows rows;

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @BeforeParameterizedClassInvocation
    void open() {
        rows = new TrainingRows(kind);
        database = rows.database;
    }

    @BeforeEach
    void oneTraining() {
        rows.startWithOneTraining();
    }

    @Test
    void trainingWithoutTriggerIsUnwatchedAndOneWithTriggerIsWatched() {
        assertThat(rows.unwatched()).containsExactly("no trigger");
        assertThat(rows.watched()).isEmpty();

        rows.trigger("WAITING", TrainingRows.seconds(30), TrainingRows.seconds(3600));

        assertThat(rows.unwatched()).isEmpty();
        assertThat(rows.watched()).containsExactly("waiting|0");
        assertThat(rows.stuck()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // state | next fire | end | fired row | words (watched) or problem (stuck)
                "WAITING  | -90  | 3600 |           | waiting",
                "ACQUIRED | 3    | 3600 | ACQUIRED  | about to check",
                "ACQUIRED | -300 | 3600 | ACQUIRED  | about to check",
                "WAITING  | 60   | 3600 | EXECUTING | checking",
                "COMPLETE | -300 | -300 | EXECUTING | checking",
                "WAITING  | -300 | -300 | EXECUTING | checking",
                "WAITING  | -60  | -60  |           | waiting",
                "PAUSED   | -60  | 3600 |           | paused"
            })
    void triggerThatWillStillDoSomethingIsLive(String state, int next, int end, @Nullable String fired, String words) {
        rows.trigger(state, TrainingRows.seconds(next), TrainingRows.seconds(end));
        rows.fired(fired);

        assertThat(rows.watched()).singleElement().asString().startsWith(words + "|");
        assertThat(rows.unwatched()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ERROR    | 60   | 3600 |          | in state ERROR, Quartz never fires it again",
                "COMPLETE | -300 | -300 |          | finished but not removed",
                "DELETED  | 60   | 3600 |          | in state DELETED, Quartz never fires it again",
                "ACQUIRED | 3    | 3600 |          | left in state ACQUIRED by a worker that is gone",
                "BLOCKED  | -300 | 3600 |          | left in state BLOCKED by a worker that is gone",
                "WAITING  | -300 | -300 |          | its window has ended but it was not removed",
                "PAUSED   | -300 | -300 |          | its window has ended but it was not removed"
            })
    void triggerThatNeverFiresAgainIsNotLive(String state, int next, int end, @Nullable String fired, String problem) {
        rows.trigger(state, TrainingRows.seconds(next), TrainingRows.seconds(end));
        rows.fired(fired);

        assertThat(rows.watched()).isEmpty();
        assertThat(rows.unwatched()).containsExactly("trigger broken: " + problem);
        assertThat(rows.stuck()).containsExactly("avatar|" + TrainingRows.AVATAR + "|" + problem);
    }

    /** Under overload a check that has misfired once keeps its turn, also when its window ends meanwhile. */
    @ParameterizedTest
    @CsvSource({"-640, 6, waiting", "-680, 6,", "-300, 5,"})
    void checkThatMisfiredIsLiveUntilItHasBeenDueForElevenMinutes(int next, int priority, @Nullable String state) {
        rows.trigger("WAITING", TrainingRows.seconds(next), TrainingRows.seconds(-130));
        Sql.run(database, "UPDATE qrtz_triggers SET priority = " + priority);

        assertThat(Sql.rows(database, "SELECT trigger_state FROM v_watched"))
                .isEqualTo(state == null ? List.of() : List.of(state));
        assertThat(rows.stuck()).hasSize(state == null ? 1 : 0);
    }

    @Test
    void triggerWithoutItsSecondRowIsNotLive() {
        rows.trigger("WAITING", TrainingRows.seconds(30), TrainingRows.seconds(3600));
        Sql.run(database, "DELETE FROM qrtz_simple_triggers");

        assertThat(rows.unwatched()).containsExactly("trigger broken: its row in qrtz_simple_triggers is missing");
    }

    @Test
    void triggerOfAnotherSchedulerIsNotOurs() {
        Sql.run(
                database,
                "INSERT INTO qrtz_job_details VALUES ('other', 'status-check', 'avatar', NULL, 'x', true, false, false, false, NULL)");
        rows.trigger(
                "other",
                "avatar",
                TrainingRows.AVATAR,
                "status-check",
                "WAITING",
                TrainingRows.seconds(30),
                TrainingRows.seconds(3600));

        assertThat(rows.unwatched()).containsExactly("no trigger");
        assertThat(rows.watched()).isEmpty();
    }

    @Test
    void maintenanceThatWaitsForItsOwnJobIsNotStuck() {
        rows.trigger("avatar-monitor", "maintenance", "retry", "reconcile", "BLOCKED", TrainingRows.seconds(-300), "0");
        assertThat(rows.stuck()).hasSize(1);

        rows.firedRow("maintenance", "hourly", "reconcile", "EXECUTING");

        assertThat(rows.stuck()).isEmpty();
    }
}
