package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.CommandFixture.Ran;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options {@code --where}, {@code --dry-run} and {@code --yes} of check, monitor and unmonitor. */
class BulkCommandTest {
    @AutoClose
    private final CommandFixture fixture = new CommandFixture(TestDatabase.H2).variable("FAL_KEY", "id:right");

    private List<AvatarId> trainings(int count) {
        List<AvatarId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(fixture.training("req-" + i));
        }
        return ids;
    }

    private long events() {
        return fixture.avatars.count("SELECT count(*) FROM avatar_event");
    }

    @Test
    void dryRunPrintsCountAndFirstRowsAndChangesNothing() {
        trainings(12);
        Ran ran = fixture.run("monitor", "--where", "state=unmonitored,type=Portrait", "--dry-run");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains(
                        "12 avatars match state=unmonitored,type=Portrait. The first 10:",
                        "Dry run: nothing was changed.");
        assertThat(ran.out().lines()).as("title, header, ten rows, last line").hasSize(13);
        JsonObject told = JsonParser.parseString(
                        fixture.run("monitor", "--where", "state=unwatched", "--dry-run", "--json")
                                .out())
                .getAsJsonObject();
        assertThat(told.get("matched").getAsInt()).isEqualTo(12);
        assertThat(told.get("dry_run").getAsBoolean()).isTrue();
        assertThat(told.getAsJsonArray("rows")).hasSize(10);
        assertThat(events()).isZero();
        assertThat(fixture.avatars.count("SELECT count(*) FROM v_watched")).isZero();
    }

    @Test
    void actsOnAllThatMatchWithOneEventEach() {
        List<AvatarId> ids = trainings(3);
        fixture.avatars.insert("STYLE", "TRAINING", "other", CommandFixture.now());

        Ran refused = fixture.run("monitor", "--where", "state=unmonitored,type=portrait");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains("--yes is required without a terminal", "--dry-run");
        assertThat(events()).isZero();

        Ran ran = fixture.run("monitor", "--where", "state=unmonitored,type=portrait", "--yes");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("3 avatars match state=unmonitored,type=portrait: 3 monitored.");
        assertThat(fixture.avatars.count("SELECT count(*) FROM v_watched")).isEqualTo(3);
        for (AvatarId id : ids) {
            assertThat(fixture.avatars.events(id)).isEqualTo("watching,operator_action");
        }

        Ran none = fixture.run("check", "--where", "state=watched", "--yes");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.err())
                .contains("No worker is alive, so nothing would be checked. Start one: avatar-monitor worker");

        fixture.alive("w-1");
        JsonObject told = JsonParser.parseString(fixture.run("check", "--where", "state=watched", "--yes", "--json")
                        .out())
                .getAsJsonObject();
        assertThat(told.toString())
                .isEqualTo(
                        "{\"action\":\"check\",\"where\":\"state=watched\",\"matched\":3,\"dry_run\":false,\"done\":3,"
                                + "\"not_done\":0,\"left\":0,\"stopped\":false,\"outcomes\":{\"due\":3},\"rows\":[]}");

        assertThat(fixture.run("unmonitor", "--where", "state=watched", "--yes").out())
                .contains("3 avatars match state=watched: 3 unmonitored.");
        assertThat(fixture.avatars.events(ids.get(0)))
                .isEqualTo("watching,operator_action,operator_action,unwatched,operator_action");
        Ran empty = fixture.run("unmonitor", "--where", "state=watched", "--yes");
        assertThat(empty.exit()).isZero();
        assertThat(empty.out()).contains("0 avatars match state=watched.");
    }

    @Test
    void avatarsThatAreRefusedAreNamedAndMakeTheExitCodeOne() {
        AvatarId id = fixture.avatars.insert("STYLE", "TRAINING", "not/a/request", CommandFixture.now());
        Ran ran = fixture.run("monitor", "--where", "state=invalid", "--yes");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains(id + ": refused, fal_request_id is not");
        assertThat(ran.out()).contains("1 avatar matches state=invalid: 1 refused.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "monitor|Name an avatar by its ID, or select avatars with --where",
                "unmonitor --yes|--dry-run and --yes go with --where",
                "check --where type=style --dry-run|state is missing; it is one of watched, late, failing, unwatched, unmonitored,"
                        + " invalid, stalled, stuck, ended",
                "check --where state=fialing --dry-run|unknown state \"fialing\"; it is one of watched, late, failing",
                "check --where state= --dry-run|state has no value; it is one of watched",
                "check --where state=failing,state=late --dry-run|state is given twice",
                "check --where state=failing,color=red --dry-run|unknown name \"color\"; expected one of state, type, worker",
                "check --where , --dry-run|unknown name \"\"",
                "check --where state=failing,type=portrat --dry-run|there is no training type 'portrat'; types are portrait, style",
                "check --where state=failing,worker=w-9 --dry-run|there is no worker 'w-9'; workers are w-1",
                "check --where state=failing --rejudge|Use either IDs or --where",
                "check --where state=failing --since 2d --dry-run|--type and --since go with --rejudge",
                "monitor 0198a1b2-0000-7000-8000-000000000001 --where state=failing|Use either IDs or --where"
            })
    void wrongUsageIsExplained(String arguments, String expected) {
        fixture.alive("w-1");
        Ran ran = fixture.run(arguments.split(" "));
        assertThat(ran.err()).contains(expected);
        assertThat(ran.exit()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"y, true", "YES, true", " y , true", "n, false", "'', false", "yess, false", ", false"})
    void onlyYesIsYes(String answer, boolean expected) {
        assertThat(Terminal.isYes(answer)).isEqualTo(expected);
    }
}
