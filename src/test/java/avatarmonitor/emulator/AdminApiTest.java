package avatarmonitor.emulator;

import static avatarmonitor.emulator.Caller.PORTRAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.Caller.Answer;
import avatarmonitor.emulator.http.Incoming;
import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminApiTest {
    @AutoClose
    private final FalEmulator emulator =
            FalEmulator.start(EmulatorConfig.local().withFrozenClock());

    @AutoClose
    private final Caller caller = new Caller(emulator.baseUri());

    @Test
    void requestCanBeRegisteredWithAChosenId() throws IOException {
        Answer answer = caller.post("/_emulator/requests", """
                {"request_id":"mine-1","endpoint":"fal-ai/flux-pro-trainer","submitted_seconds_ago":100,
                 "scenario":{"queue_seconds":10,"run_seconds":95}}""");
        assertThat(answer.code()).isEqualTo(200);
        String path = "/fal-ai/flux-pro-trainer/requests/mine-1";
        assertThat(caller.get(path + "/status").text("status")).isEqualTo("IN_PROGRESS");
        emulator.advance(Duration.ofSeconds(5));
        assertThat(caller.get(path).json().has("finetune_id")).isTrue();
        assertThat(caller.post("/_emulator/requests", "{\"request_id\":\"mine-1\"}")
                        .text("detail"))
                .contains("mine-1");
    }

    @Test
    void manyRequestsCanBeRegisteredAtOnceOrNone() throws IOException {
        String two = "{\"requests\":[{\"request_id\":\"a\"},{\"request_id\":\"b\"}]}";
        assertThat(caller.post("/_emulator/requests", two).code()).isEqualTo(200);
        assertThat(caller.get(PORTRAIT + "/requests/b/status").code()).isEqualTo(202);
        String halfBad = "{\"requests\":[{\"request_id\":\"c\"},{\"request_id\":\"../x\"}]}";
        assertThat(caller.post("/_emulator/requests", halfBad).code()).isEqualTo(400);
        assertThat(caller.get(PORTRAIT + "/requests/c/status").code()).isEqualTo(404);
    }

    @Test
    void requestCanBeChangedSeenAndForgotten() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"stall\":\"in_queue\"}");
        String admin = "/_emulator/requests/" + Caller.idOf(path);
        assertThat(caller.get(admin).text("phase")).isEqualTo("IN_QUEUE");
        String finish = "{\"stall\":\"never\",\"queue_seconds\":0,\"run_seconds\":0,\"outcome\":\"server_error\"}";
        assertThat(caller.put(admin, finish).code()).isEqualTo(200);
        assertThat(caller.get(path).code()).isEqualTo(500);
        assertThat(caller.get("/_emulator/requests").body()).contains(Caller.idOf(path));
        assertThat(caller.delete(admin).code()).isEqualTo(200);
        assertThat(caller.get(path).code()).isEqualTo(404);
        assertThat(caller.delete(admin).code()).isEqualTo(404);
    }

    @Test
    void cancelledRequestCanBeStartedAnew() throws IOException {
        String path = caller.submit(PORTRAIT, "{}");
        caller.put(path + "/cancel", "");
        caller.put("/_emulator/requests/" + Caller.idOf(path), "{}");
        assertThat(caller.get(path + "/status").text("status")).isEqualTo("IN_QUEUE");
    }

    @Test
    void defaultScenarioHoldsForSubmitsThatBringNone() throws IOException {
        String before = caller.submit(PORTRAIT, "{}");
        caller.put("/_emulator/scenario", "{\"queue_seconds\":0,\"run_seconds\":0,\"outcome\":\"no_model\"}");
        String after = caller.submit(PORTRAIT, "{}");
        assertThat(caller.get(before).code()).isEqualTo(400);
        assertThat(caller.get(after).json().has("images")).isTrue();
        assertThat(caller.get("/_emulator/scenario").json().get("run_seconds").getAsInt())
                .isZero();
    }

    @Test
    void faultsCanBeAddedListedAndCleared() throws IOException {
        String path = caller.submit(PORTRAIT, "{}") + "/status";
        Answer added = caller.post(
                "/_emulator/faults", "{\"kind\":\"rate_limited\",\"retry_after_seconds\":3,\"op\":\"status\"}");
        int number = added.json().get("number").getAsInt();
        assertThat(caller.get(path).headers()).containsEntry("retry-after", "3");
        assertThat(caller.get("/_emulator/faults").body()).contains("\"op\":\"status\"", "RateLimited");
        assertThat(caller.delete("/_emulator/faults/" + number).code()).isEqualTo(200);
        assertThat(caller.delete("/_emulator/faults/" + number).code()).isEqualTo(404);
        caller.post("/_emulator/faults", "{\"kind\":\"unavailable\"}");
        caller.delete("/_emulator/faults");
        assertThat(caller.get(path).code()).isEqualTo(202);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'kind':'unauthorized'} | 401",
                "{'kind':'payment_required'} | 402",
                "{'kind':'forbidden'} | 403",
                "{'kind':'locked'} | 403",
                "{'kind':'application_not_found','endpoint':'a/b'} | 404",
                "{'kind':'rejected','code':413,'detail':'too much','op':'status'} | 413",
                "{'kind':'gzip'} | 202",
                "{'kind':'not_a_number'} | 202",
                "{'kind':'huge_logs','bytes':10} | 202",
                "{'kind':'not_found'} | 404",
                "{'kind':'rate_limited','retry_after':'date'} | 429",
                "{'kind':'bad_gateway'} | 502",
                "{'kind':'unavailable'} | 503",
                "{'kind':'garbage'} | 200",
                "{'kind':'empty'} | 202",
                "{'kind':'redirect'} | 302",
                "{'kind':'status_word','word':'X'} | 202",
                "{'kind':'huge','bytes':10} | 200",
                "{'kind':'drip','gap_seconds':0} | 202",
                "{'kind':'delay','least_seconds':0.01,'most_seconds':0.02} | 202",
                "{'kind':'answer','code':504,'body':{'a':1},'headers':{'X-Fal-Request-Timeout-Type':'user'}} | 504",
                "{'kind':'answer','code':200,'text':'plain','content_type':'text/plain'} | 200",
            })
    void everyFaultCanBeNamed(String fault, int code) throws IOException {
        String path = caller.submit(PORTRAIT, "{}") + "/status";
        Answer added = caller.post("/_emulator/faults", fault.replace('\'', '"'));
        assertThat(added.code()).as(added.body()).isEqualTo(200);
        assertThat(caller.get(path).code()).isEqualTo(code);
    }

    @Test
    void clockCanBeAdvancedFrozenAndLetGo() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"queue_seconds\":3600}");
        Instant before = Instant.parse(caller.get("/_emulator/clock").text("now"));
        Answer after = caller.post("/_emulator/clock/advance", "{\"seconds\":3600}");
        assertThat(Instant.parse(after.text("now"))).isEqualTo(before.plusSeconds(3600));
        assertThat(after.json().get("frozen").getAsBoolean()).isTrue();
        assertThat(caller.get(path + "/status").text("status")).isEqualTo("IN_PROGRESS");
        caller.post("/_emulator/clock/freeze", "{\"frozen\":false}");
        await().until(() -> emulator.now().isAfter(before.plusSeconds(3600)));
        caller.post("/_emulator/clock/freeze", "");
        assertThat(emulator.now()).isEqualTo(emulator.now());
    }

    @Test
    void callsCanBeRead() throws IOException {
        String path = caller.submit(PORTRAIT, "{}");
        caller.get(path + "/status?logs=1");
        emulator.advance(Duration.ofSeconds(60));
        caller.get(path + "/status");
        caller.get(path);
        String query = "/_emulator/calls?request_id=" + Caller.idOf(path);
        JsonArray status =
                JsonParser.parseString(caller.get(query + "&op=status").body()).getAsJsonArray();
        assertThat(status).hasSize(2);
        var first = status.get(0).getAsJsonObject();
        var second = status.get(1).getAsJsonObject();
        assertThat(first.get("path").getAsString()).isEqualTo(path + "/status");
        assertThat(first.get("code").getAsInt()).isEqualTo(202);
        assertThat(Duration.between(
                        at(first.get("at").getAsString()), at(second.get("at").getAsString())))
                .isEqualTo(Duration.ofSeconds(60));
        String after = query + "&after=" + second.get("number").getAsInt();
        assertThat(caller.get(after).body()).contains("\"op\":\"result\"").doesNotContain("\"op\":\"status\"");
        assertThat(JsonParser.parseString(caller.get(query + "&limit=1").body()).getAsJsonArray())
                .hasSize(1);
        caller.delete("/_emulator/calls");
        assertThat(caller.get("/_emulator/calls").body()).isEqualTo("[]");
    }

    @Test
    void keysWebhooksOverviewAndResetAnswer() throws IOException {
        String old = caller.get("/.well-known/jwks.json").body();
        assertThat(caller.post("/_emulator/keys/rotate", "{\"keep_old\":false}").body())
                .isNotEqualTo(old)
                .isEqualTo(caller.get("/.well-known/jwks.json").body());
        assertThat(caller.get("/_emulator/webhooks").body()).isEqualTo("[]");
        String path = caller.submit(PORTRAIT, "{}");
        assertThat(caller.get("/_emulator").json().get("requests").getAsInt()).isEqualTo(1);
        assertThat(caller.post("/_emulator/reset", "").code()).isEqualTo(200);
        assertThat(caller.get(path).code()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | faults | {} | fault.kind: expected one of answer, rate_limited,",
                "POST | faults | {'kind':'explode'} | got \"explode\"",
                "POST | faults | {'kind':'hang','times':-1} | fault.times: expected a whole number from 0 to 1000000, got -1",
                "POST | faults | {'kind':'hang','op':'x'} | fault.op: expected one of submit, status",
                "POST | faults | {'kind':'hang','word':'x'} | fault.word: unknown field; expected only kind,",
                "POST | faults | {'kind':'answer','code':99} | fault.code: expected a whole number from 200 to 599",
                "POST | faults | {'kind':'answer','headers':{'a b':'c'}} | fault.headers: expected names of",
                "POST | faults | {'kind':'answer','content_type':'a\\nb'} | printable ASCII",
                "POST | faults | [] | fault: expected a JSON object, got []",
                "POST | faults | {'kind':'delay','least_seconds':2,'most_seconds':1} | at least least_seconds",
                "DELETE | faults/x | '' | fault: expected its number, got x",
                "POST | requests | {} | request.request_id: expected a text, got nothing",
                "POST | requests | {'request_id':'../../x'} | 1 to 64 letters, digits and hyphens",
                "POST | requests | {'request_id':'a','endpoint':'a//c'} | owner/app or owner/app/sub/path",
                "POST | requests | {'request_id':'a','webhook_url':'x'} | absolute http(s) URL",
                "POST | requests | {'request_id':'a','scenario':{'run_seconds':'1'}} | scenario.run_seconds: expected a number of seconds from 0 to 2592000, got \"1\"",
                "POST | requests | {'request_id':'a','scenario':{'run_seconds':1e999}} | expected",
                "POST | requests | {'request_id':'a','scenario':{'logs':[1]}} | scenario.logs: expected a list",
                "POST | requests | {'request_id':'a','scenario':{'faults':[{}]}} | scenario.faults[0].kind: expected one of",
                "POST | requests | {'requests':5} | body.requests: expected a list of at most 10000",
                "PUT | scenario | {'outcome':'fine'} | scenario.outcome: expected one of success, validation_error",
                "PUT | scenario | {'result_body':{},'result_text':''} | nothing beside result_body",
                "PUT | scenario | nonsense | body: expected JSON",
                "POST | clock/advance | {} | clock.seconds: expected a number of seconds",
                "POST | clock/advance | {'seconds':-1} | got -1",
                "POST | clock/freeze | {'frozen':'yes'} | clock.frozen: expected true or false",
                "POST | keys/rotate | {'keep':true} | rotate.keep: unknown field; expected only keep_old",
                "GET | calls?op=x | '' | op: expected one of submit",
                "GET | calls?limit=x | '' | limit: expected a whole number, got x",
                "GET | calls?id=x | '' | id: unknown parameter; expected only request_id, op, after, limit",
            })
    void badInputIs400AndReportedWhatWasExpected(String method, String path, String body, String expected)
            throws IOException {
        Answer answer = caller.call(method, "/_emulator/" + path, body.replace('\'', '"'), Map.of());
        assertThat(answer.code()).as(answer.body()).isEqualTo(400);
        assertThat(answer.text("detail")).contains(expected);
    }

    @Test
    void adminCallsAreNotInTheCallLog() throws IOException {
        caller.get("/_emulator");
        caller.post("/_emulator/faults", "nonsense");
        assertThat(emulator.calls()).isEmpty();
    }

    @Test
    void unknownRouteIsReportedWhichOnesThereAre() throws IOException {
        for (String path : new String[] {"/nothing", "/calls/1", "/clock/back", "/requests/a/b/c", "/faults/1/2"}) {
            Answer answer = caller.get("/_emulator" + path);
            assertThat(answer.code()).as(path).isEqualTo(404);
        }
        assertThat(caller.get("/_emulator/nothing").text("detail")).contains("/_emulator/clock/advance");
        assertThat(caller.get("/_emulatornot/x").code()).isEqualTo(405);
    }

    @Test
    void callersOnOtherMachinesAreRefused() throws IOException {
        try (Emulation emulation = new Emulation(EmulatorConfig.local())) {
            Incoming incoming =
                    new Incoming("POST", null, "/_emulator/reset", Map.of(), "", "http://x", "http://x", null, false);
            AdminApi admin = new AdminApi(emulation, emulator.baseUri());
            InetAddress far = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
            assertThat(admin.answer(far, incoming).code()).isEqualTo(403);
            assertThat(admin.answer(InetAddress.getLoopbackAddress(), incoming).code())
                    .isEqualTo(200);
        }
    }

    private static Instant at(String text) {
        return Instant.parse(text);
    }
}
