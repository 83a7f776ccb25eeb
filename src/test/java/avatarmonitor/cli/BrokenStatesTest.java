package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.observe.Load;
import avatarmonitor.observe.Meters;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.testing.NoActions;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.web.HttpConfig;
import avatarmonitor.web.HttpConfig.TokenForReading;
import avatarmonitor.web.HttpService;
import avatarmonitor.web.access.TokenBook;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In each schedule fault, the doctor, the page and the database report the same. */
class BrokenStatesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "error       | UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = :id",
                "half        | DELETE FROM qrtz_simple_triggers WHERE trigger_name = :id",
                "finished    | UPDATE qrtz_triggers SET trigger_state = 'COMPLETE' WHERE trigger_name = :id",
                "orphaned    | UPDATE qrtz_triggers SET trigger_state = 'ACQUIRED' WHERE trigger_name = :id",
                "timeless    | UPDATE qrtz_triggers SET next_fire_time = NULL WHERE trigger_name = :id",
                "expired     | UPDATE qrtz_triggers SET end_time = :now - 600000, next_fire_time = :now - 30000 WHERE trigger_name = :id",
                "lost        | DELETE FROM qrtz_simple_triggers WHERE trigger_name = :id;"
                        + " DELETE FROM qrtz_triggers WHERE trigger_name = :id",
                "overdue     | UPDATE qrtz_triggers SET next_fire_time = :now - 600000 WHERE trigger_name = :id",
                "paused      | INSERT INTO qrtz_paused_trigger_grps VALUES ('avatar-monitor', 'avatar')",
                "missing     | UPDATE qrtz_job_details SET job_class_name = 'no.such.Job' WHERE job_name = 'status-check'",
                "gone_worker | INSERT INTO qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name,"
                        + " fired_time, sched_time, priority, state)"
                        + " VALUES ('avatar-monitor', 'e', :id, 'avatar', 'gone', :now - 60000, 1, 5, 'ACQUIRED')",
            })
    void doctorPageAndDatabaseAgree(String kind, String statements) throws Exception {
        try (CommandFixture fixture = new CommandFixture(TestDatabase.H2)) {
            AvatarId id = fixture.training("req-1");
            fixture.run("reconcile");
            long now = CommandFixture.now().toEpochMilli();
            fixture.avatars.run("INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'running', ?, 2000)", now);
            fixture.run("doctor", "--repair");
            assertThat(tellsOfDisorder(fixture)).isEmpty();

            for (String statement : statements.split(";", -1)) {
                Sql.run(
                        fixture.fresh().database(),
                        statement.replace(":id", "'" + id + "'").replace(":now", Long.toString(now)));
            }

            JsonObject page = overview(fixture);
            List<String> onPage = objects(page.get("disorders"))
                    .map(fault -> fault.get("count") + " " + text(fault, "kind").replace('_', ' ') + ", such as "
                            + text(fault, "subject") + ": " + text(fault, "problem"))
                    .toList();
            assertThat(onPage).singleElement().asString().startsWith("1 " + kind.replace('_', ' ') + ", such as ");
            assertThat(tellsOfDisorder(fixture)).isEqualTo(onPage);
            JsonObject counts = page.getAsJsonObject("counts");
            assertThat(counted(fixture, "v_watched"))
                    .isEqualTo(counts.get("watched").getAsString());
            assertThat(counted(fixture, "v_unwatched"))
                    .isEqualTo(counts.get("unwatched").getAsString());
            assertThat(counted(fixture, "v_stuck_triggers"))
                    .isEqualTo(counts.get("stuck").getAsString());
        }
    }

    private static List<String> tellsOfDisorder(CommandFixture fixture) {
        return objects(JsonParser.parseString(fixture.run("doctor", "--json").out()))
                .filter(finding -> text(finding, "what").equals("schedule")
                        && text(finding, "level").equals("warn"))
                .map(finding -> text(finding, "detail"))
                .toList();
    }

    private static JsonObject overview(CommandFixture fixture) throws Exception {
        Meters meters = new Meters();
        HttpService service = HttpService.bind(
                new HttpConfig(true, "127.0.0.1", OptionalInt.of(0), true, TokenForReading.AUTO, TokenBook.EMPTY),
                new HttpService.Parts(
                        fixture.fresh().database(),
                        () -> AvatarSchema.read(fixture.fresh().database()),
                        InstantSource.system(),
                        new NoActions(),
                        Optional::empty,
                        meters,
                        new Load(),
                        null,
                        "worker-1",
                        "1.2.3"));
        try {
            service.start();
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(service.url() + "/api/v1/overview"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            return JsonParser.parseString(answer.body()).getAsJsonObject();
        } finally {
            service.stopTaking();
            service.stop(Duration.ofSeconds(5));
            meters.close();
        }
    }

    private static String counted(CommandFixture fixture, String view) {
        return Sql.rows(fixture.fresh().database(), "SELECT count(*) FROM " + view)
                .get(0);
    }

    private static Stream<JsonObject> objects(JsonElement array) {
        return StreamSupport.stream(array.getAsJsonArray().spliterator(), false).map(JsonElement::getAsJsonObject);
    }

    private static String text(JsonObject object, String name) {
        return object.get(name).getAsString();
    }
}
