package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.CommandFixture.Ran;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The commands that change monitoring: monitor, unmonitor, reconcile, migrate. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
class ChangeCommandsTest {
    private final TestDatabase database;

    @AutoClose
    private final CommandFixture fixture;

    ChangeCommandsTest(TestDatabase database) {
        this.database = database;
        fixture = new CommandFixture(database);
    }

    private boolean watched(AvatarId id) {
        return fixture.avatars.count("SELECT count(*) FROM v_watched WHERE avatar_id = ?", id.value()) == 1;
    }

    @Test
    void monitoredAvatarHasItsTriggerAndItsFirstCheckIsReported() {
        AvatarId id = fixture.training("req-1");

        Ran ran = fixture.run("monitor", id.toString());

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).containsPattern(id + ": monitored, first check (in \\d+s|due now|due \\d+s ago)");
        assertThat(ran.err()).contains("No worker is alive");
        assertThat(watched(id)).isTrue();
        assertThat(fixture.avatars.events(id)).isEqualTo("watching,operator_action");
    }

    @Test
    void settingsOfATrainingAreSetChangedAndCleared() {
        AvatarId id = fixture.training("req-1");
        Ran set = fixture.run("monitor", id.toString(), "--window", "3h", "--interval", "30s", "--deadline", "2h");
        assertThat(set.exit()).as(set.err()).isZero();
        assertThat(set.out()).containsPattern("monitored, window 3h, interval 30s, deadline \\S+Z, next check ");

        JsonObject changed = JsonParser.parseString(fixture.run("monitor", id.toString(), "--interval", "1m", "--json")
                        .out())
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject();
        assertThat(changed.get("window_seconds").getAsLong()).as("stays").isEqualTo(10_800);
        assertThat(changed.get("interval_seconds").getAsLong()).isEqualTo(60);

        Ran preferred = fixture.run("monitor", id.toString(), "--priority", "8", "--json");
        assertThat(JsonParser.parseString(preferred.out())
                        .getAsJsonArray()
                        .get(0)
                        .getAsJsonObject()
                        .get("priority")
                        .getAsInt())
                .isEqualTo(8);
        assertThat(fixture.run("show", id.toString()).out()).contains("interval 60 s", "priority 8");
        assertThat(fixture.run("monitor", id.toString(), "--clear").out()).contains("monitored, as configured, ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "--window=3 | 2 | '3' is not a length for --window; one looks like 90s, 30m, 2h or 1d",
                "--window=-3h | 2 | '-3h' is not a length for --window",
                "--interval=1.5s | 2 | '1.5s' is not a length for --interval",
                "--deadline=tomorrow | 2 | 'tomorrow' is not a deadline; one looks like 2026-12-24T18:00:00Z, or 2h from now",
                "--deadline=2026-12-24T18:00:00 | 2 | is not a deadline",
                "--priority=high | 2 | 'high' is not a priority; one is a whole number from 1 to 10",
                "--priority=2.5 | 2 | '2.5' is not a priority",
                "--priority=99999999999 | 2 | '99999999999' is not a priority",
                "--priority=0 | 1 | refused, the priority must be a whole number from 1 to 10",
                "--priority=11 | 1 | refused, the priority must be a whole number from 1 to 10",
                "--interval=2h | 1 | refused, the interval must be from 1s to 1h, in whole seconds",
                "--window=8d | 1 | refused, the window must be from 1s to 7d, in whole seconds",
                "--window=30s | 1 | refused, the interval of 60 s is longer than the window of 30 s",
                "--deadline=2020-01-01T00:00:00Z | 1 | the deadline 2020-01-01T00:00:00Z has passed; it must be later than now",
                "--deadline=999999999d | 1 | is too far ahead; it must be within 30d"
            })
    void badSettingIsRefusedAndNothingIsMonitored(String option, int exit, String error) {
        AvatarId id = fixture.training("req-1");
        Ran ran = fixture.run("monitor", id.toString(), option);
        assertThat(ran.exit()).as(ran.err()).isEqualTo(exit);
        assertThat(ran.err()).contains(error);
        assertThat(watched(id)).isFalse();
    }

    @Test
    void avatarThatIsWatchedAlreadyKeepsItsTrigger() {
        AvatarId id = fixture.training("req-1");
        fixture.run("monitor", id.toString());

        Ran ran = fixture.run("monitor", id.toString(), id.toString());

        assertThat(ran.exit()).isZero();
        assertThat(ran.out().lines()).hasSize(1);
        assertThat(ran.out()).contains("already monitored, next check ");
        assertThat(fixture.avatars.events(id)).isEqualTo("watching,operator_action,operator_action");
    }

    @Test
    void whatMustNotBeWatchedIsRefusedWithItsReasonAndTheRestIsWatched() {
        AvatarId none = new AvatarId(UUID.randomUUID());
        AvatarId done = fixture.avatars.insert("STYLE", "completed", "req-2", CommandFixture.now());
        AvatarId invalid = fixture.avatars.insert("STYLE", "TRAINING", "not/a/request", CommandFixture.now());
        AvatarId old = fixture.avatars.insert(
                "STYLE", "TRAINING", "req-3", CommandFixture.now().minus(Duration.ofDays(2)));
        AvatarId good = fixture.training("req-4");

        Ran ran = fixture.run(
                "monitor", none.toString(), done.toString(), invalid.toString(), old.toString(), good.toString());

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err())
                .contains(
                        none + ": refused, there is no such avatar",
                        done + ": refused, its status is completed, not TRAINING",
                        invalid + ": refused, fal_request_id is not",
                        old + ": refused, its training started at",
                        "monitor.max-age");
        assertThat(ran.out().lines()).hasSize(1);
        assertThat(watched(good)).isTrue();
        assertThat(fixture.avatars.count("SELECT count(*) FROM v_watched")).isEqualTo(1);
    }

    @Test
    void unmonitoredAvatarIsNotWatchedUntilTheNextReconcile() {
        AvatarId id = fixture.training("req-1");
        fixture.run("monitor", id.toString());

        Ran ran = fixture.run("unmonitor", id.toString());

        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).contains(id + ": no longer monitored, still in TRAINING");
        assertThat(ran.err()).contains("The next reconcile (every 1h", "give the avatar another status");
        assertThat(watched(id)).isFalse();
        assertThat(fixture.run("events", "--avatar", id.toString()).out()).contains("unwatched");

        Ran again = fixture.run("reconcile");
        assertThat(again.exit()).isZero();
        assertThat(again.out()).contains("monitoring started: 1");
        assertThat(watched(id)).isTrue();
    }

    @Test
    void unmonitorOfWhatNobodyWatchesFails() {
        AvatarId id = fixture.training("req-1");

        Ran ran = fixture.run("unmonitor", id.toString());

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains(id + ": was not monitored").doesNotContain("reconcile");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void reconcileReportsWhatItDid() {
        fixture.training("req-1");
        fixture.avatars.insert("STYLE", "TRAINING", "not/a/request", CommandFixture.now());

        Ran ran = fixture.run("reconcile", "--json");

        assertThat(ran.exit()).isZero();
        assertThat(JsonParser.parseString(ran.out()))
                .isEqualTo(JsonParser.parseString("{'watched':1,'stalled':0,'invalid':1,'repaired':0,'pruned':0}"));
        assertThat(fixture.run("reconcile").out()).contains("nothing to do");
    }

    @Test
    void migrateSaysWhatItDid() {
        try (TestDatabase.Fresh empty = database.empty()) {
            Program first = new Program(fixture.directory).on(empty.config());
            Program second = new Program(fixture.directory).on(empty.config());

            assertThat(first.run("migrate", "--create-avatars")).as(first.err()).isZero();
            assertThat(second.run("migrate")).isZero();

            assertThat(first.out()).startsWith(empty.config().url()).containsPattern(": \\d+ migrations applied");
            assertThat(second.out()).contains("nothing to do");
            assertThat(Sql.rows(empty.database(), "SELECT count(*) FROM v_watched"))
                    .containsExactly("0");
        }
    }

    @Test
    void migrateCreatesTheApplicationsTableOnPostgresOnlyWhenAsked() {
        try (TestDatabase.Fresh empty = database.empty()) {
            Program unasked = new Program(fixture.directory).on(empty.config());

            assertThat(unasked.run("migrate")).isEqualTo(database == TestDatabase.H2 ? 0 : 2);
            if (database != TestDatabase.H2) {
                assertThat(unasked.err()).contains("sees no such table on its search path", "migrate --create-avatars");
                assertThat(unasked.err().lines()).hasSize(1);
            }
        }
    }

    private static final List<List<String>> COMMANDS = List.of(
            List.of("monitor", "0198a1b2-0000-7000-8000-000000000001"),
            List.of("unmonitor", "0198a1b2-0000-7000-8000-000000000001"),
            List.of("check", "0198a1b2-0000-7000-8000-000000000001"),
            List.of("reconcile"),
            List.of("doctor", "--repair"));

    private static void assertRefused(Program program, List<String> command) {
        assertThat(program.run(command.toArray(String[]::new)))
                .as(command.get(0))
                .isEqualTo(1);
        assertThat(program.out() + program.err())
                .contains("run avatar-monitor migrate or start a worker, or check db.url")
                .doesNotContain("bug in", "\tat ", "nothing to do");
    }

    @Test
    void databaseWithoutOurTablesIsRefusedAndLeftAsItIs() {
        try (TestDatabase.Fresh foreign = database.empty()) {
            Sql.run(foreign.database(), "CREATE TABLE orders (id int)");
            for (List<String> command : COMMANDS) {
                assertRefused(
                        new Program(fixture.directory).on(foreign.config()).variable("FAL_KEY", "id:secret"), command);
            }
            assertThat(Sql.rows(
                            foreign.database(),
                            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"))
                    .containsExactly("orders");
        }
    }

    @Test
    void databaseThatAnOlderVersionMadeIsRefusedAndNotMigrated() {
        String rank = "SELECT max(installed_rank) FROM avatar_monitor_schema_history";
        fixture.avatars.run("DELETE FROM avatar_monitor_schema_history WHERE installed_rank = (" + rank + ")");
        List<String> before = Sql.rows(fixture.fresh().database(), rank);
        for (List<String> command : COMMANDS) {
            assertRefused(fixture.program().variable("FAL_KEY", "id:secret"), command);
        }
        assertThat(Sql.rows(fixture.fresh().database(), rank)).isEqualTo(before);
    }

    @Test
    void databaseThatDoesNotExistIsNotMade() {
        for (List<String> command : COMMANDS) {
            Program program = new Program(fixture.directory)
                    .variable("AVATAR_MONITOR_DB_URL", "jdbc:h2:file:" + fixture.directory.resolve("none"))
                    .variable("FAL_KEY", "id:secret");

            assertThat(program.run(command.toArray(String[]::new)))
                    .as(command.get(0))
                    .isEqualTo(1);
            assertThat(program.out() + program.err())
                    .contains("there is no database yet, avatar-monitor migrate or a worker makes it");
        }
        assertThat(fixture.directory).isEmptyDirectory();
    }

    @Test
    void wrongIdIsWrongUsageAndShowsWhatAnIdLooksLike() {
        for (String command : new String[] {"monitor", "unmonitor", "check"}) {
            Ran ran = fixture.run(command, "42");

            assertThat(ran.exit()).isEqualTo(2);
            assertThat(ran.err()).contains("'42' is not an avatar id; one looks like 0198a1b2-");
            assertThat(fixture.run(command).exit()).isEqualTo(2);
        }
    }

    @Test
    void monitorAndUnmonitorAnswerInJsonToo() {
        AvatarId id = fixture.training("req-json");
        AvatarId ended = fixture.avatars.insert("PORTRAIT", "COMPLETED", "req-end", CommandFixture.now());

        Ran monitor = fixture.run("--json", "monitor", id.toString(), ended.toString());
        assertThat(monitor.exit()).isEqualTo(1);
        JsonArray answers = JsonParser.parseString(monitor.out()).getAsJsonArray();
        assertThat(answers.get(0).getAsJsonObject().get("outcome").getAsString())
                .isEqualTo("monitored");
        assertThat(answers.get(1).getAsJsonObject().get("reason").getAsString())
                .isEqualTo("its status is COMPLETED, not TRAINING");

        Ran unmonitor = fixture.run("unmonitor", id.toString(), "--json");
        assertThat(unmonitor.exit()).as(unmonitor.err()).isZero();
        assertThat(JsonParser.parseString(unmonitor.out()).toString())
                .isEqualTo("[{\"avatar_id\":\"" + id + "\",\"outcome\":\"unmonitored\",\"training\":true}]");
    }

    @Test
    void everyActionLeavesWhoDidItAlsoWhenItChangedNothing() {
        AvatarId id = fixture.training("req-1");
        AvatarId none = new AvatarId(UUID.randomUUID());
        for (String command : List.of("monitor", "monitor", "unmonitor", "unmonitor")) {
            fixture.run(command, id.toString());
        }
        fixture.run("monitor", none.toString());
        fixture.run("reconcile");
        fixture.run("migrate");

        JsonArray events = JsonParser.parseString(
                        fixture.run("events", "--json", "--limit", "100").out())
                .getAsJsonArray();
        List<String> actions = new ArrayList<>();
        for (JsonElement event : events) {
            assertThat(event.getAsJsonObject().get("worker").getAsString()).startsWith("cli");
            JsonObject detail = event.getAsJsonObject().getAsJsonObject("detail");
            if (event.getAsJsonObject().get("type").getAsString().equals("operator_action")) {
                actions.add(detail.get("action").getAsString() + " "
                        + detail.get("outcome").getAsString());
                assertThat(detail.get("actor").getAsString()).startsWith(System.getProperty("user.name"));
                assertThat(detail.get("channel").getAsString()).isEqualTo("cli");
                assertThat(detail.get("address").getAsString()).isNotBlank();
            }
        }
        assertThat(actions)
                .containsExactly(
                        "monitor monitored",
                        "monitor already_monitored",
                        "unmonitor unmonitored",
                        "unmonitor not_monitored",
                        "monitor refused",
                        "reconcile done",
                        "migrate 0 applied");
        assertThat(fixture.run("show", id.toString()).out())
                .contains("operator_action", "action=unmonitor outcome=not_monitored", "channel=cli");
    }

    @Test
    void commandThatFailsIsTheOperatorsAndNoFailureOfAWorker() {
        fixture.run("migrate");
        fixture.avatars.run("ALTER TABLE avatar_monitor_answer RENAME TO elsewhere");

        assertThat(fixture.run("reconcile").exit()).isEqualTo(1);
        assertThat(fixture.avatars.count("SELECT count(*) FROM avatar_event WHERE type <> 'operator_action'"))
                .isZero();
        assertThat(fixture.avatars.count(
                        "SELECT count(*) FROM avatar_event WHERE CAST(detail AS varchar) LIKE '%reconcile%failed%'"))
                .isEqualTo(1);
    }
}
