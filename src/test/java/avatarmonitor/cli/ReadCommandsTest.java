package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.app.Monitor;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.CommandFixture.Ran;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The read-only commands: list, show, workers, events. The database is open in another pool meanwhile. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
class ReadCommandsTest {
    private final TestDatabase database;

    @AutoClose
    private final CommandFixture fixture;

    ReadCommandsTest(TestDatabase database) {
        this.database = database;
        fixture = new CommandFixture(database);
    }

    private static JsonArray array(Ran ran) {
        assertThat(ran.exit()).as(ran.err()).isZero();
        return JsonParser.parseString(ran.out()).getAsJsonArray();
    }

    /** Starts monitoring all eligible avatars, like the start of a worker. */
    private void reconcile() {
        try (Monitor monitor = fixture.monitor()) {
            monitor.reconciler().run();
        }
    }

    private void stick(AvatarId id) {
        fixture.avatars.run("UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = ?", id.toString());
    }

    @Test
    void watchedTrainingsAreListedWithinTheLine() {
        AvatarId id = fixture.training("req-1");
        reconcile();

        Ran ran = fixture.run("list");
        assertThat(ran.out().lines()).hasSize(2).allMatch(line -> line.length() <= 80);
        assertThat(ran.out()).startsWith("AVATAR ID").contains("NEXT CHECK", id + "  Ada");
        JsonObject row = array(fixture.run("list", "--json")).get(0).getAsJsonObject();
        assertThat(row.keySet())
                .containsExactly(
                        "avatar_id",
                        "name",
                        "fal_status",
                        "queue_position",
                        "next_check_at",
                        "last_check_at",
                        "window_ends_at",
                        "last_error",
                        "trigger_state",
                        "seconds_late",
                        "checks",
                        "failures_in_row",
                        "fal_request_id",
                        "worker");
        assertThat(row.get("avatar_id").getAsString()).isEqualTo(id.toString());
        assertThat(row.get("next_check_at").getAsString()).matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z");
        assertThat(row.get("checks").getAsInt()).isZero();
    }

    @Test
    void unwatchedStalledAndStuckHaveListsOfTheirOwn() {
        AvatarId stuck = fixture.training("req-1");
        AvatarId stalled = fixture.avatars.insert(
                "STYLE", "TRAINING", "req-2", CommandFixture.now().minus(Duration.ofDays(2)));
        reconcile();
        stick(stuck);
        AvatarId unwatched = fixture.training("req-3");

        assertThat(fixture.run("list").out()).contains("No training is monitored.");
        assertThat(fixture.run("list", "--unwatched").out())
                .contains(unwatched.toString(), "no trigger", stuck.toString(), "trigger b");
        assertThat(fixture.run("list", "--stalled").out()).contains(stalled.toString(), "2d ago");
        assertThat(fixture.run("list", "--stuck").out()).contains(stuck.toString(), "in state ERROR");
        assertThat(array(fixture.run("list", "--unwatched", "--json"))).hasSize(2);
        assertThat(array(fixture.run("list", "--stalled", "--json"))).hasSize(1);
        assertThat(array(fixture.run("list", "--stuck", "--json"))).hasSize(1);
    }

    @Test
    void listsAreFilteredByTypeAndWorker() {
        AvatarId portrait = fixture.training("req-1");
        AvatarId style = fixture.avatars.insert("STYLE", "TRAINING", "req-2", CommandFixture.now());
        assertThat(fixture.run("list", "--unwatched", "--type", "Style").out())
                .contains(style.toString())
                .doesNotContain(portrait.toString());
        reconcile();
        fixture.avatars.run("UPDATE avatar_monitoring SET last_worker = 'w-1' WHERE avatar_id = ?", portrait.value());

        assertThat(fixture.run("list", "--type=portrait").out())
                .contains(portrait.toString())
                .doesNotContain(style.toString());
        assertThat(fixture.run("list", "--worker", "w-1").out())
                .contains(portrait.toString())
                .doesNotContain(style.toString());
        assertThat(fixture.run("list", "--type", "video").out())
                .isEqualTo("No avatar of this list matches the filter.\n");
    }

    @Test
    void onlyOneListAtATime() {
        assertThat(fixture.run("list", "--stuck", "--stalled").exit()).isEqualTo(2);
        assertThat(fixture.run("list", "--limit", "0").exit()).isEqualTo(2);
        assertThat(fixture.run("list", "--limit", "many").exit()).isEqualTo(2);
    }

    @Test
    void longListIsCutAndSaysSo() {
        for (int i = 0; i < 3; i++) {
            fixture.training("req-" + i);
        }

        Ran ran = fixture.run("list", "--unwatched", "--limit", "2");
        assertThat(ran.out().lines()).hasSize(3);
        assertThat(ran.err()).contains("first 2", "--limit");
        assertThat(fixture.run("list", "--unwatched", "--limit", "3").err()).isEmpty();
    }

    @Test
    void oneAvatarIsShownInWords() {
        AvatarId id = fixture.training("req-1");
        Ran before = fixture.run("show", id.toString());
        assertThat(before.out()).contains("TRAINING, PORTRAIT", "5m ago", "none: no trigger", "never monitored");
        reconcile();

        Ran ran = fixture.run("show", id.toString());
        assertThat(ran.exit()).isZero();
        assertThat(ran.out())
                .contains(
                        id.toString(),
                        "Ada",
                        "req-1",
                        "round 1",
                        "window ends in",
                        "waiting, next check",
                        "last events")
                .doesNotContain("null");

        JsonObject json = JsonParser.parseString(
                        fixture.run("show", "--json", id.toString()).out())
                .getAsJsonObject();
        assertThat(json.keySet())
                .containsExactly("avatar", "watch", "trigger", "unwatched", "answer", "checks", "events");
        assertThat(json.getAsJsonObject("avatar").get("fal_request_id").getAsString())
                .isEqualTo("req-1");
        assertThat(json.get("unwatched").isJsonNull()).isTrue();
        assertThat(json.getAsJsonArray("events")).hasSize(1);
    }

    @Test
    void showOfNoAvatarFails() {
        UUID none = UUID.randomUUID();

        Ran ran = fixture.run("show", none.toString());

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("There is no avatar " + none);
        assertThat(fixture.run("show", "7").exit()).isEqualTo(2);
    }

    @Test
    void deletedAvatarStillHasItsEvents() {
        AvatarId id = fixture.training("req-1");
        reconcile();
        fixture.avatars.run("DELETE FROM avatars WHERE id = ?", id.value());

        Ran ran = fixture.run("show", id.toString());

        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).contains("is gone", "watching");
    }

    @Test
    void workersAreListed() {
        assertThat(fixture.run("workers").out()).contains("No worker runs");
        fixture.avatars.run("""
                INSERT INTO qrtz_scheduler_state (sched_name, instance_name, last_checkin_time, checkin_interval)
                VALUES ('avatar-monitor', 'w-1', ?, 2000)""", CommandFixture.now().toEpochMilli());

        assertThat(fixture.run("workers").out()).containsPattern("w-1 +yes +(now|\\d+s ago) +0");
        JsonObject row = array(fixture.run("workers", "--json")).get(0).getAsJsonObject();
        assertThat(row.get("alive").getAsBoolean()).isTrue();
        assertThat(row.get("running_checks").getAsInt()).isZero();
        assertThat(row.get("fal_refused").isJsonNull()).isTrue();

        fixture.avatars.run("""
                INSERT INTO avatar_monitor_worker_status (instance, at, started_at, version, clock_behind_ms,
                    checks_per_second, fal_paused_since, fal_paused_until, fal_refused, fal_pause_reason)
                VALUES ('w-1', current_timestamp, current_timestamp, '1', 0, 0, current_timestamp - INTERVAL '190' SECOND,
                    current_timestamp + INTERVAL '50' SECOND, 'key', 'bad key')""");
        assertThat(fixture.run("workers").out())
                .containsPattern("FAL PAUSED +NEXT TRY")
                .containsPattern("3m ago +in \\d+s");
        row = array(fixture.run("workers", "--json")).get(0).getAsJsonObject();
        assertThat(row.get("fal_refused").getAsString()).isEqualTo("key");
        assertThat(row.get("fal_pause_reason").getAsString()).isEqualTo("bad key");
    }

    @Test
    void workersAreListedThoughTheRestCannotBeRead() {
        fixture.avatars.run("""
                INSERT INTO qrtz_scheduler_state (sched_name, instance_name, last_checkin_time, checkin_interval)
                VALUES ('avatar-monitor', 'w-1', ?, 2000)""", CommandFixture.now().toEpochMilli());
        fixture.avatars.run("DROP TABLE avatar_monitor_reconcile CASCADE");

        Ran ran = fixture.run("workers");

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).containsPattern("w-1 +yes");
        assertThat(ran.err()).startsWith("Whether all is well cannot be read (").contains("avatar-monitor doctor");
        assertThat(array(fixture.run("workers", "--json"))).hasSize(1);
        assertThat(fixture.run("workers", "--json").err()).isEmpty();
    }

    @Test
    void eventsNeedNoAvatars() {
        fixture.training("req-1");
        reconcile();
        fixture.avatars.run("ALTER TABLE avatars RENAME COLUMN training_started_at TO started_at");

        assertThat(array(fixture.run("events", "--json"))).hasSize(1);
        assertThat(fixture.run("events").out()).contains("  watching  ").doesNotContain("Ada");

        fixture.avatars.run("ALTER TABLE avatars RENAME TO avatars_of_old");
        assertThat(array(fixture.run("events", "--json"))).hasSize(1);
    }

    @Test
    void eventsAreLinesOfALogAndJson() {
        AvatarId one = fixture.training("req-1");
        AvatarId two = fixture.training("req-2");
        reconcile();

        assertThat(fixture.run("events").out().lines()).hasSize(2).allMatch(line -> line.contains("  watching  "));
        Ran ofOne = fixture.run("events", "--avatar", one.toString());
        assertThat(ofOne.out()).contains("window_ends_at=").doesNotContain(two.toString());
        assertThat(fixture.run("events", "--limit", "1").out().lines()).hasSize(1);
        JsonObject event = array(fixture.run("events", "--json")).get(0).getAsJsonObject();
        assertThat(event.keySet())
                .containsExactly("id", "at", "type", "avatar_id", "fal_request_id", "worker", "detail", "name");
        assertThat(event.get("name").getAsString()).isEqualTo("Ada");
        assertThat(event.getAsJsonObject("detail").has("window_ends_at")).isTrue();
    }

    @Test
    void missingTablesAreAWordAboutMigrate() {
        try (TestDatabase.Fresh empty = database.empty()) {
            for (String[] command : new String[][] {{"list"}, {"workers"}, {"events"}}) {
                Program program = new Program(fixture.directory).on(empty.config());

                assertThat(program.run(command)).as(command[0]).isEqualTo(command[0].equals("list") ? 2 : 1);
                assertThat(program.err()).contains("run avatar-monitor migrate").doesNotContain("\tat ");
                assertThat(program.err().lines()).hasSize(1);
            }
            Program show = new Program(fixture.directory).on(empty.config());
            assertThat(show.run("show", UUID.randomUUID().toString())).isEqualTo(2);
            assertThat(show.err()).contains("run avatar-monitor migrate");
            assertThat(Sql.rows(
                            empty.database(),
                            "SELECT count(*) FROM information_schema.tables WHERE lower(table_name) LIKE 'qrtz%'"))
                    .containsExactly("0");
        }
    }

    @Test
    void lookingMakesNoFile() throws Exception {
        StoreConfig nothing = new StoreConfig("jdbc:h2:file:" + fixture.directory.resolve("data/none"), "", "", 16);
        for (String[] command : new String[][] {
            {"list"},
            {"workers"},
            {"events"},
            {"doctor"},
            {"show", UUID.randomUUID().toString()}
        }) {
            Program program = new Program(fixture.directory).on(nothing);

            assertThat(program.run(command)).as(command[0]).isEqualTo(1);
            assertThat(program.err() + program.out()).contains("there is no database yet", "avatar-monitor migrate");
        }
        try (var files = Files.list(fixture.directory)) {
            assertThat(files).isEmpty();
        }
    }
}
