package avatarmonitor.emulator;

import static avatarmonitor.emulator.Caller.PORTRAIT;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.Caller.Answer;
import avatarmonitor.emulator.http.Json;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.emulator.scenario.ScenarioJson;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every scenario, set by the input field of a submit and observed over HTTP. */
class ScenarioTest {
    private static final String AT_ONCE = "\"queue_seconds\":0,\"run_seconds\":0";

    @AutoClose
    private final FalEmulator emulator =
            FalEmulator.start(EmulatorConfig.local().withFrozenClock());

    @AutoClose
    private final Caller caller = new Caller(emulator.baseUri());

    @Test
    void modelRefusesItsInputOnlyInTheResult() throws IOException {
        String path =
                submit("\"outcome\":\"validation_error\",\"error_type\":\"invalid_archive\",\"error\":\"no zip\"");
        Answer status = caller.get(path + "/status");
        assertThat(status.code()).isEqualTo(200);
        assertThat(status.json().keySet()).doesNotContain("error", "error_type");
        Answer result = caller.get(path);
        assertThat(result.code()).isEqualTo(422);
        var entry = result.json().getAsJsonArray("detail").get(0).getAsJsonObject();
        assertThat(entry.get("type").getAsString()).isEqualTo("invalid_archive");
        assertThat(entry.get("msg").getAsString()).isEqualTo("no zip");
        assertThat(entry.keySet()).contains("loc", "url", "ctx", "input");
    }

    @ParameterizedTest
    @CsvSource({
        "runner_disconnected, 503",
        "request_timeout, 504",
        "runner_incomplete_response, 502",
        "internal_error, 500",
        "client_cancelled, 499",
        "bad_request, 400",
        "something_new, 500"
    })
    void platformErrorIsReportedByStatusAndResult(String type, int code) throws IOException {
        String path = submit("\"outcome\":\"platform_error\",\"error_type\":\"" + type + "\"");
        Answer status = caller.get(path + "/status");
        assertThat(status.text("status")).isEqualTo("COMPLETED");
        assertThat(status.text("error_type")).isEqualTo(type);
        assertThat(status.text("error")).isNotBlank();
        Answer result = caller.get(path);
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.text("error_type")).isEqualTo(type);
        assertThat(result.headers()).containsEntry("x-fal-error-type", type);
    }

    @Test
    void serverErrorsComeAsJsonAndAsHtml() throws IOException {
        Answer json = caller.get(submit("\"outcome\":\"server_error\""));
        assertThat(json.code()).isEqualTo(500);
        assertThat(json.text("detail")).isEqualTo("Internal Server Error");
        Answer html = caller.get(submit("\"outcome\":\"server_error_html\""));
        assertThat(html.code()).isEqualTo(500);
        assertThat(html.headers()).containsEntry("content-type", "text/html");
        assertThat(html.body()).startsWith("<html>");
    }

    @Test
    void successWithoutAModelComesInThreeForms() throws IOException {
        Answer empty = caller.get(submit("\"outcome\":\"empty_body\""));
        assertThat(empty.code()).isEqualTo(200);
        assertThat(empty.body()).isEmpty();
        Answer invalid = caller.get(submit("\"outcome\":\"invalid_body\""));
        assertThat(invalid.code()).isEqualTo(200);
        assertThat(Json.parse(invalid.body())).isEmpty();
        Answer noModel = caller.get(submit("\"outcome\":\"no_model\""));
        assertThat(noModel.json().keySet()).containsExactly("images");
    }

    @Test
    void successMayHaveAnyBody() throws IOException {
        String model = "{\"finetune_id\":\"mine\"}";
        assertThat(caller.get(submit("\"result_body\":" + model)).json()).isEqualTo(JsonParser.parseString(model));
        Answer odd = caller.get(submit("\"result_code\":418,\"result_text\":\"tea\",\"result_type\":\"text/plain\""));
        assertThat(odd.code()).isEqualTo(418);
        assertThat(odd.body()).isEqualTo("tea");
        assertThat(odd.headers()).containsEntry("content-type", "text/plain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0", "true", "false"})
    void resultMayTellWhetherItIsWorthAnotherTry(String value) throws IOException {
        String headers = "\"result_headers\":{\"X-Fal-Needs-Retry\":\"" + value + "\"}";
        for (String outcome : List.of("success", "validation_error", "server_error")) {
            Answer result = caller.get(submit("\"outcome\":\"" + outcome + "\"," + headers));
            assertThat(result.headers()).containsEntry("x-fal-needs-retry", value);
        }
    }

    @Test
    void resultMayBeLostAtOnce() throws IOException {
        String path = submit("\"outcome\":\"lost\"");
        assertThat(caller.get(path + "/status").text("status")).isEqualTo("COMPLETED");
        assertThat(caller.get(path).code()).isEqualTo(404);
    }

    @Test
    void resultAndStatusExpireEachAtItsTime() throws IOException {
        String path = submit("\"result_kept_seconds\":60,\"status_kept_seconds\":120");
        emulator.advance(Duration.ofSeconds(59));
        assertThat(caller.get(path).code()).isEqualTo(200);
        emulator.advance(Duration.ofSeconds(1));
        assertThat(caller.get(path).body()).isEqualTo("{\"status\":\"NOT_FOUND\"}");
        assertThat(caller.get(path + "/status").code()).isEqualTo(200);
        emulator.advance(Duration.ofSeconds(60));
        assertThat(caller.get(path + "/status").code()).isEqualTo(404);
    }

    @Test
    void resultIsKeptForOneHourByDefault() throws IOException {
        String path = submit("\"outcome\":\"success\"");
        emulator.advance(Duration.ofMinutes(59));
        assertThat(caller.get(path).code()).isEqualTo(200);
        emulator.advance(Duration.ofMinutes(1));
        assertThat(caller.get(path).code()).isEqualTo(404);
    }

    @Test
    void requestMayGoBackIntoTheQueue() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"queue_seconds\":0,\"run_seconds\":20,\"requeue_seconds\":5}");
        assertThat(statusOf(path)).isEqualTo("IN_PROGRESS");
        emulator.advance(Duration.ofSeconds(12));
        assertThat(statusOf(path)).isEqualTo("IN_QUEUE");
        emulator.advance(Duration.ofSeconds(5));
        assertThat(statusOf(path)).isEqualTo("IN_PROGRESS");
        emulator.advance(Duration.ofSeconds(20));
        assertThat(statusOf(path)).isEqualTo("COMPLETED");
    }

    @Test
    void requestMayStallForEver() throws IOException {
        String waiting = caller.submit(PORTRAIT, "{\"stall\":\"in_queue\"}");
        String running = caller.submit(PORTRAIT, "{\"stall\":\"in_progress\"}");
        emulator.advance(Duration.ofDays(30));
        assertThat(statusOf(waiting)).isEqualTo("IN_QUEUE");
        assertThat(statusOf(running)).isEqualTo("IN_PROGRESS");
    }

    @Test
    void endMayHaveAStatusThatFalNeverSends() throws IOException {
        assertThat(statusOf(submit("\"end_status\":\"FAILED\""))).isEqualTo("FAILED");
    }

    @Test
    void statusMayTellAnErrorWhileTheResultLooksGood() throws IOException {
        String path = submit("\"error\":\"odd\",\"error_type\":\"runner_server_error\"");
        assertThat(caller.get(path + "/status").text("error")).isEqualTo("odd");
        assertThat(caller.get(path).code()).isEqualTo(200);
    }

    @Test
    void logsMayBeGiven() throws IOException {
        String path = submit("\"logs\":[\"one\",{\"message\":\"two\",\"level\":\"WARN\"}]");
        var logs = caller.get(path + "/status?logs=1").json().getAsJsonArray("logs");
        assertThat(logs.toString()).contains("\"one\"", "\"two\"", "\"WARN\"");
    }

    @Test
    void cancelEndsARequestInEitherPhase() throws IOException {
        String waiting = caller.submit(PORTRAIT, "{\"queue_seconds\":10}");
        String running = caller.submit(PORTRAIT, "{\"queue_seconds\":0,\"run_seconds\":100}");
        for (String path : List.of(waiting, running)) {
            Answer cancelled = caller.put(path + "/cancel", "");
            assertThat(cancelled.code()).isEqualTo(202);
            assertThat(cancelled.text("status")).isEqualTo("CANCELLATION_REQUESTED");
            assertThat(caller.get(path + "/status").text("error_type")).isEqualTo("client_cancelled");
            assertThat(caller.get(path).code()).isEqualTo(499);
            Answer again = caller.put(path + "/cancel", "");
            assertThat(again.code()).isEqualTo(400);
            assertThat(again.text("status")).isEqualTo("ALREADY_COMPLETED");
        }
    }

    @Test
    void cancelMayRemoveTheRequest() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"cancel_in_queue\":\"removed\"}");
        assertThat(caller.put(path + "/cancel", "").code()).isEqualTo(202);
        assertThat(caller.get(path + "/status").code()).isEqualTo(404);
        assertThat(caller.get(path).code()).isEqualTo(404);
    }

    @Test
    void cancelMayBeIgnored() throws IOException {
        String path =
                caller.submit(PORTRAIT, "{\"queue_seconds\":0,\"run_seconds\":10,\"cancel_in_progress\":\"ignored\"}");
        assertThat(caller.put(path + "/cancel", "").code()).isEqualTo(202);
        assertThat(statusOf(path)).isEqualTo("IN_PROGRESS");
        emulator.advance(Duration.ofSeconds(10));
        assertThat(caller.get(path).code()).isEqualTo(200);
    }

    @Test
    void cancelAnswersInAllItsForms() throws IOException {
        String ok = caller.submit(PORTRAIT, "{\"cancel_answer\":\"ok\"}");
        assertThat(caller.put(ok + "/cancel", "").body()).isEqualTo("{\"status\":\"OK\"}");
        String success = caller.submit(PORTRAIT, "{\"cancel_answer\":\"success\"}");
        Answer flag = caller.put(success + "/cancel", "");
        assertThat(flag.code()).isEqualTo(200);
        assertThat(flag.body()).isEqualTo("{\"success\":true}");
        String over = submit("\"cancel_too_late\":\"detail\"");
        Answer late = caller.put(over + "/cancel", "");
        assertThat(late.code()).isEqualTo(400);
        assertThat(late.text("detail")).isEqualTo("Request " + Caller.idOf(over) + " is already completed.");
    }

    @Test
    void javaAndAdminScenariosAreTheSame() {
        Scenario read = ScenarioJson.read(
                JsonParser.parseString(
                        "{\"queue_seconds\":0,\"queue_length\":0,\"run_seconds\":0,\"outcome\":\"lost\"}"),
                "scenario",
                Scenario.standard());
        assertThat(read).isEqualTo(Scenario.ended(Outcome.lost()));
    }

    private String submit(String fields) throws IOException {
        return caller.submit(PORTRAIT, "{" + AT_ONCE + "," + fields + "}");
    }

    private String statusOf(String path) throws IOException {
        return caller.get(path + "/status").text("status");
    }
}
