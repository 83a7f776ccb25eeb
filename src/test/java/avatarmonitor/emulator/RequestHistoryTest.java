package avatarmonitor.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.Caller.Answer;
import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Listing;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The platform API's list of requests (docs/fal-contract.md, "Platform API"). */
class RequestHistoryTest {
    private static final String LIST = "/v1/models/requests/by-endpoint?endpoint_id=";
    private static final String APP = "fal-ai/flux-2-trainer";

    @AutoClose
    private final FalEmulator emulator =
            FalEmulator.start(EmulatorConfig.local().withFrozenClock());

    @AutoClose
    private final Caller caller = new Caller(emulator.baseUri());

    @Test
    void endedRequestIsListedWithItsPayloadOnlyWhenAsked() throws IOException {
        Instant submitted = emulator.now();
        emulator.register(APP, "R", Scenario.standard());
        emulator.advance(Duration.ofSeconds(11));
        JsonObject item = items(LIST + APP).get(0);
        assertThat(item.keySet())
                .containsExactlyInAnyOrder(
                        "request_id", "endpoint_id", "sent_at", "started_at", "ended_at", "status_code", "duration");
        assertThat(item.get("request_id").getAsString()).isEqualTo("R");
        assertThat(item.get("endpoint_id").getAsString()).isEqualTo(APP);
        assertThat(Instant.parse(item.get("sent_at").getAsString())).isEqualTo(submitted);
        assertThat(Instant.parse(item.get("started_at").getAsString())).isEqualTo(submitted.plusSeconds(2));
        assertThat(Instant.parse(item.get("ended_at").getAsString())).isEqualTo(submitted.plusSeconds(10));
        assertThat(item.get("status_code").getAsInt()).isEqualTo(200);
        assertThat(item.get("duration").getAsDouble()).isEqualTo(8.0);
        JsonObject output =
                items(LIST + APP + "&expand=payloads&request_id=R").get(0).getAsJsonObject("json_output");
        assertThat(output.keySet()).contains("diffusers_lora_file", "config_file");
    }

    @Test
    void resultThatTheQueueNoLongerHasIsStillListed() throws IOException {
        emulator.register(APP, "R", Scenario.ended(Outcome.success()).withResultKept(Duration.ZERO));
        assertThat(caller.get("/" + APP + "/requests/R").code()).isEqualTo(404);
        assertThat(items(LIST + APP + "&expand=payloads")
                        .get(0)
                        .get("json_output")
                        .isJsonObject())
                .isTrue();
        emulator.register(APP, "L", Scenario.ended(Outcome.lost()));
        assertThat(ids(LIST + APP)).containsExactly("R");
    }

    @Test
    void runningRequestHasNoEnd() throws IOException {
        emulator.register(APP, "waits", Scenario.stalled(Course.Stall.IN_QUEUE));
        emulator.advance(Duration.ofSeconds(5));
        JsonObject item = items(LIST + APP).get(0);
        for (String absent : List.of("started_at", "ended_at", "status_code", "duration")) {
            assertThat(item.get(absent).isJsonNull()).as(absent).isTrue();
        }
        assertThat(ids(LIST + APP + "&status=success")).isEmpty();
    }

    @Test
    void listMayLagBehindAndHaveGaps() throws IOException {
        Scenario ended = Scenario.ended(Outcome.success());
        emulator.register(APP, "late", ended.withListing(new Listing(Duration.ofMinutes(3), Listing.Kept.FULL)));
        emulator.register(APP, "gap", ended.withListing(new Listing(Duration.ZERO, Listing.Kept.MISSING)));
        emulator.register(APP, "bare", ended.withListing(new Listing(Duration.ZERO, Listing.Kept.NO_PAYLOADS)));
        assertThat(ids(LIST + APP + "&status=success")).containsExactly("bare");
        assertThat(items(LIST + APP + "&request_id=bare&expand=payloads")
                        .get(0)
                        .get("json_output")
                        .isJsonNull())
                .isTrue();
        emulator.advance(Duration.ofMinutes(3));
        assertThat(ids(LIST + APP + "&status=success")).containsExactlyInAnyOrder("bare", "late");
    }

    @Test
    void scenarioFieldsTellHowARequestIsListed() throws IOException {
        caller.submit("/" + APP, "{\"queue_seconds\":0,\"run_seconds\":0,\"history\":\"missing\"}");
        String late = caller.submit("/" + APP, "{\"queue_seconds\":0,\"run_seconds\":0,\"history_delay_seconds\":60}");
        assertThat(ids(LIST + APP)).containsExactly(Caller.idOf(late));
        assertThat(ids(LIST + APP + "&status=success")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"success, ok", "user_error, refused cancelled", "error, broken"})
    void endsAreReportedApartByCode(String status, String expected) throws IOException {
        emulator.register(APP, "ok", Scenario.ended(Outcome.success()));
        emulator.register(APP, "refused", Scenario.ended(Outcome.validationError("invalid_archive", "no zip")));
        emulator.register(APP, "cancelled", Scenario.ended(Outcome.cancelled()));
        emulator.register(APP, "broken", Scenario.ended(Outcome.serverError()));
        assertThat(ids(LIST + APP + "&status=" + status)).containsExactlyInAnyOrder(expected.split(" "));
    }

    @Test
    void pagesFollowEachOtherByCursorTheLatestEndFirst() throws IOException {
        for (int number = 1; number <= 5; number++) {
            emulator.register(APP, "R" + number, Scenario.ended(Outcome.success()));
            emulator.advance(Duration.ofSeconds(1));
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        for (int page = 1; page <= 3; page++) {
            JsonObject answer = caller.get(LIST + APP + "&limit=2" + cursor).json();
            answer.getAsJsonArray("items")
                    .forEach(item ->
                            seen.add(item.getAsJsonObject().get("request_id").getAsString()));
            assertThat(answer.get("has_more").getAsBoolean()).isEqualTo(page < 3);
            cursor = page < 3 ? "&cursor=" + answer.get("next_cursor").getAsString() : "";
            assertThat(answer.get("next_cursor").isJsonNull()).isEqualTo(page == 3);
        }
        assertThat(seen).containsExactly("R5", "R4", "R3", "R2", "R1");
    }

    @Test
    void longestRunComesFirstWhenAsked() throws IOException {
        for (int seconds : new int[] {3, 9, 6}) {
            Scenario scenario = Scenario.standard().withQueue(Duration.ZERO, 0).withRun(Duration.ofSeconds(seconds));
            emulator.register(APP, "R" + seconds, scenario);
        }
        emulator.advance(Duration.ofSeconds(10));
        assertThat(ids(LIST + APP + "&sort_by=duration")).containsExactly("R9", "R6", "R3");
    }

    @Test
    void windowIsOneDayUnlessOneRequestIsAskedFor() throws IOException {
        emulator.register(APP, "old", Scenario.ended(Outcome.success()));
        Instant end = emulator.now();
        emulator.advance(Duration.ofHours(25));
        assertThat(ids(LIST + APP)).isEmpty();
        assertThat(ids(LIST + APP + "&request_id=old")).containsExactly("old");
        assertThat(ids(LIST + APP + "&start=" + end)).containsExactly("old");
        assertThat(ids(LIST + APP + "&start=" + end + "&end=" + end)).isEmpty();
    }

    @Test
    void severalEndpointsComeRepeatedOrWithCommas() throws IOException {
        emulator.register("a/b", "1", Scenario.ended(Outcome.success()));
        emulator.register("c/d/sub/path", "2", Scenario.ended(Outcome.success()));
        assertThat(ids(LIST + "a/b,c/d/sub/path")).containsExactlyInAnyOrder("1", "2");
        assertThat(ids(LIST + "a%2Fb&endpoint_id=c/d/sub/path")).containsExactlyInAnyOrder("1", "2");
        assertThat(ids(LIST + "c/d")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', endpoint_id",
        "a/b&limit=0, limit",
        "a/b&limit=101, limit",
        "a/b&status=done, status",
        "a/b&sort_by=age, sort_by",
        "a/b&cursor=!!, cursor",
        "a/b&start=yesterday, start",
        "a/b&expand=all, expand",
        "a/b&page=2, page"
    })
    void unusableQueryIs400InTheFormOfThePlatformApi(String query, String named) throws IOException {
        Answer answer = caller.get(LIST + query);
        assertThat(answer.code()).isEqualTo(400);
        JsonObject error = answer.json().getAsJsonObject("error");
        assertThat(error.get("type").getAsString()).isEqualTo("validation_error");
        assertThat(error.get("message").getAsString()).startsWith(named);
    }

    @Test
    void faultsHitTheListAlone() throws IOException {
        emulator.register(APP, "R", Scenario.ended(Outcome.success()));
        emulator.inject(Fault.forbidden().on(Op.HISTORY).times(1));
        emulator.inject(Fault.rateLimited(Duration.ofSeconds(7), Effect.RetryAfter.RESET)
                .on(Op.HISTORY)
                .times(1));
        assertThat(caller.get("/" + APP + "/requests/R").code()).isEqualTo(200);
        assertThat(caller.get(LIST + APP).code()).isEqualTo(403);
        Answer limited = caller.get(LIST + APP);
        assertThat(limited.code()).isEqualTo(429);
        assertThat(limited.headers()).containsEntry("x-ratelimit-reset", "7").doesNotContainKey("retry-after");
        assertThat(caller.get(LIST + APP).code()).isEqualTo(200);
        assertThat(emulator.calls(Op.HISTORY)).extracting(Call::code).containsExactly(403, 429, 200);
    }

    @Test
    void listNeedsAKey() throws IOException {
        Answer answer = caller.call("GET", LIST + APP, "", Map.of());
        assertThat(answer.code()).isEqualTo(401);
        assertThat(answer.json().getAsJsonObject("error").get("type").getAsString())
                .isEqualTo("authorization_error");
    }

    private List<String> ids(String path) throws IOException {
        return items(path).stream()
                .map(item -> item.get("request_id").getAsString())
                .toList();
    }

    private List<JsonObject> items(String path) throws IOException {
        Answer answer = caller.get(path);
        assertThat(answer.code()).as(answer.body()).isEqualTo(200);
        return answer.json().getAsJsonArray("items").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .toList();
    }
}
