package avatarmonitor.emulator;

import static avatarmonitor.emulator.Caller.PORTRAIT;
import static avatarmonitor.emulator.Caller.STYLE;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.Caller.Answer;
import avatarmonitor.emulator.http.Incoming;
import avatarmonitor.fal.FalKey;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The calls of the queue, as fal answers them (docs/fal-contract.md section 1 and 7). */
class QueueCallsTest {
    @AutoClose
    private FalEmulator emulator = FalEmulator.start(EmulatorConfig.local().withFrozenClock());

    @AutoClose
    private Caller caller = new Caller(emulator.baseUri());

    @Test
    void submitAnswersWhereTheRequestCanBeAskedAbout() throws IOException {
        Answer answer = caller.post("/fal-ai/flux-pro/v1.1/finetune?fal_webhook=", "{\"data_url\":\"x\"}");
        assertThat(answer.code()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
        String id = answer.text("request_id");
        String url = emulator.baseUri() + "/fal-ai/flux-pro/requests/" + id;
        assertThat(answer.headers()).containsEntry("x-fal-request-id", id);
        assertThat(id).matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        JsonObject body = answer.json();
        assertThat(body.get("status").getAsString()).isEqualTo("IN_QUEUE");
        assertThat(body.get("queue_position").getAsInt()).isEqualTo(2);
        assertThat(body.get("response_url").getAsString()).isEqualTo(url);
        assertThat(body.get("status_url").getAsString()).isEqualTo(url + "/status");
        assertThat(body.get("cancel_url").getAsString()).isEqualTo(url + "/cancel");
    }

    @Test
    void statusIs202UntilTheEndAnd200Then() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"queue_seconds\":10,\"queue_length\":3,\"run_seconds\":20}");
        Answer waiting = caller.get(path + "/status");
        assertThat(waiting.code()).isEqualTo(202);
        assertThat(waiting.text("status")).isEqualTo("IN_QUEUE");
        assertThat(waiting.json().get("queue_position").getAsInt()).isEqualTo(3);
        emulator.advance(Duration.ofSeconds(10));
        Answer running = caller.get(path + "/status");
        assertThat(running.code()).isEqualTo(202);
        assertThat(running.text("status")).isEqualTo("IN_PROGRESS");
        assertThat(running.json().has("queue_position")).isFalse();
        assertThat(running.json().get("logs").isJsonNull()).isTrue();
        emulator.advance(Duration.ofSeconds(20));
        Answer over = caller.get(path + "/status");
        assertThat(over.code()).isEqualTo(200);
        assertThat(over.text("status")).isEqualTo("COMPLETED");
        assertThat(over.json().getAsJsonObject("metrics").get("inference_time").getAsDouble())
                .isEqualTo(20);
        assertThat(over.json().has("error")).isFalse();
        assertThat(over.headers()).containsEntry("x-fal-request-id", Caller.idOf(path));
    }

    @Test
    void logsComeWhenAskedForAndOnlyThoseOfTheLastFiveMinutes() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"queue_seconds\":0,\"run_seconds\":1000,\"steps\":1000}");
        emulator.advance(Duration.ofSeconds(500));
        for (String on : new String[] {"1", "true"}) {
            var logs = caller.get(path + "/status?logs=" + on).json().getAsJsonArray("logs");
            assertThat(logs.asList())
                    .extracting(line -> line.getAsJsonObject().get("message").getAsString())
                    .containsExactly("step 300/1000", "step 400/1000", "step 500/1000");
            assertThat(logs.get(0).getAsJsonObject().keySet())
                    .containsExactly("message", "level", "source", "timestamp");
        }
        for (String off : new String[] {"0", "false", "yes"}) {
            assertThat(caller.get(path + "/status?logs=" + off)
                            .json()
                            .get("logs")
                            .isJsonNull())
                    .isTrue();
        }
    }

    @Test
    void resultIsTheModelOfTheEndpoint() throws IOException {
        String portrait = caller.submit(PORTRAIT, "{\"queue_seconds\":0,\"run_seconds\":0}");
        for (String alias : new String[] {"", "/", "/response"}) {
            Answer answer = caller.get(portrait + alias);
            assertThat(answer.code()).isEqualTo(200);
            for (String file : new String[] {"diffusers_lora_file", "config_file"}) {
                URI url = URI.create(
                        answer.json().getAsJsonObject(file).get("url").getAsString());
                assertThat(url).hasScheme("https").hasHost("fal-emulator.example.com");
            }
        }
        String style = caller.submit(STYLE, "{\"queue_seconds\":0,\"run_seconds\":0}");
        assertThat(caller.get(style).json().keySet()).containsExactly("finetune_id");
    }

    @Test
    void resultBeforeTheEndIs400() throws IOException {
        Answer early = caller.get(caller.submit(PORTRAIT, "{}"));
        assertThat(early.code()).isEqualTo(400);
        assertThat(early.text("detail")).isEqualTo("Request is still in progress");
    }

    @Test
    void unknownRequestIs404AlsoUnderAnotherEndpoint() throws IOException {
        String path = caller.submit(PORTRAIT, "{}");
        for (String wrong : new String[] {PORTRAIT + "/requests/none", path.replace(PORTRAIT, STYLE)}) {
            assertThat(caller.get(wrong).body()).isEqualTo("{\"status\":\"NOT_FOUND\"}");
            assertThat(caller.get(wrong + "/status").code()).isEqualTo(404);
            assertThat(caller.get(wrong + "/status/stream").code()).isEqualTo(404);
            assertThat(caller.put(wrong + "/cancel", "").code()).isEqualTo(404);
        }
    }

    @Test
    void idsBelowWorkflowsHaveThreeParts() throws IOException {
        String path = caller.submit("/workflows/owner/app", "{\"queue_seconds\":0,\"run_seconds\":0}");
        assertThat(caller.get(path + "/status/").text("response_url")).isEqualTo(emulator.baseUri() + path);
        assertThat(caller.get(path).code()).isEqualTo(200);
    }

    @Test
    void urlsUseTheHostOfTheCallerUnlessOneIsConfigured() throws IOException {
        Map<String, String> headers = Map.of("Authorization", "Key k", "Host", "queue.test:1234");
        assertThat(caller.call("POST", PORTRAIT, "{}", headers).text("status_url"))
                .startsWith("http://queue.test:1234/fal-ai/");
        restart(EmulatorConfig.local().withPublicUrl(URI.create("https://fal.test/")));
        assertThat(caller.call("POST", PORTRAIT, "{}", headers).text("status_url"))
                .startsWith("https://fal.test/fal-ai/");
    }

    @Test
    void proxyRoutesByTheTargetUrl() throws IOException {
        String target = "https://queue.fal.run" + PORTRAIT;
        Answer submitted = caller.call("POST", "/proxy", "{}", Map.of("X-Fal-Target-Url", target));
        assertThat(submitted.code()).isEqualTo(200);
        String request = target + "/requests/" + submitted.text("request_id");
        assertThat(submitted.text("status_url")).isEqualTo(request + "/status");
        Answer status = caller.call("GET", "/proxy", "", Map.of("X-Fal-Target-Url", request + "/status?logs=1"));
        assertThat(status.code()).isEqualTo(202);
        assertThat(status.json().get("logs").isJsonArray()).isTrue();
        Map<String, String> cancel = Map.of("X-Fal-Target-Url", request + "/cancel", "Authorization", "Key k");
        assertThat(caller.call("PUT", "/proxy", "", cancel).code()).isEqualTo(202);
    }

    @Test
    void proxyWithoutAUsableTargetIs400() throws IOException {
        assertThat(caller.get("/proxy").text("detail")).contains("x-fal-target-url");
        for (String target : new String[] {"/fal-ai/x", "ftp://a/b/c", ":", "https:"}) {
            Map<String, String> headers = Map.of("X-Fal-Target-Url", target);
            assertThat(caller.call("GET", "/proxy", "", headers).code()).isEqualTo(400);
        }
        Map<String, String> admin = Map.of("X-Fal-Target-Url", "https://queue.fal.run/_emulator/calls");
        assertThat(caller.call("GET", "/proxy", "", admin).code()).isEqualTo(405);
    }

    @Test
    void anyKeyIsAcceptedWhenNoneIsConfigured() throws IOException {
        for (String good : new String[] {"Key a", "Key a:b"}) {
            assertThat(caller.call("POST", PORTRAIT, "{}", Map.of("Authorization", good))
                            .code())
                    .isEqualTo(200);
        }
        for (String bad : new String[] {"Bearer a", "Key", "Key ", "key a"}) {
            Answer answer = caller.call("POST", PORTRAIT, "{}", Map.of("Authorization", bad));
            assertThat(answer.code()).isEqualTo(401);
            assertThat(answer.text("detail")).isEqualTo("invalid key credentials");
        }
        assertThat(caller.call("GET", PORTRAIT + "/requests/x", "", Map.of()).code())
                .isEqualTo(401);
    }

    @Test
    void onlyTheConfiguredKeyIsAcceptedAndNeverLogged() throws IOException {
        restart(EmulatorConfig.local().withKey(new FalKey("id:right")));
        assertThat(caller.call("POST", PORTRAIT, "{}", Map.of("Authorization", "Key id:right"))
                        .code())
                .isEqualTo(200);
        assertThat(caller.call("POST", PORTRAIT, "{}", Map.of("Authorization", "Key id:wrong"))
                        .code())
                .isEqualTo(401);
        Map<String, String> proxied =
                Map.of("X-Fal-Target-Url", "https://queue.fal.run" + PORTRAIT, "Authorization", "Key id:wrong");
        assertThat(caller.call("POST", "/proxy", "{}", proxied).code()).isEqualTo(401);
        assertThat(emulator.calls()).hasSize(3);
        assertThat(emulator.calls().toString()).doesNotContain("right").doesNotContain("wrong");
        Incoming incoming = new Incoming("GET", null, "/", Map.of(), "", "http://x", "http://x", "Key id:right", false);
        assertThat(incoming.toString()).doesNotContain("right");
    }

    @Test
    void questionBelowASubPathIs405BeforeTheKeyIsLookedAt() throws IOException {
        String path = "/fal-ai/flux-pro/v1.1/finetune/requests/R/status";
        assertThat(caller.call("GET", path, "", Map.of()).code()).isEqualTo(405);
    }

    @Test
    void lenientPathsIgnoreTheSubPath() throws IOException {
        restart(EmulatorConfig.local().withLenientPaths());
        String path = caller.submit("/fal-ai/flux-pro", "{}");
        assertThat(caller.get(path.replace("/requests", "/v1.1/finetune/requests") + "/status")
                        .code())
                .isEqualTo(202);
    }

    @Test
    void submitIsRefusedWhenTheQueueIsLongerThanTheCallerWants() throws IOException {
        caller.submit(PORTRAIT, "{\"stall\":\"in_queue\"}");
        assertThat(caller.post(PORTRAIT + "?fal_max_queue_length=1", "{}").code())
                .isEqualTo(200);
        assertThat(caller.post(PORTRAIT + "?fal_max_queue_length=1", "{}").code())
                .isEqualTo(429);
        assertThat(caller.post(PORTRAIT + "?fal_max_queue_length=x", "{}").code())
                .isEqualTo(400);
    }

    @Test
    void unusableSubmitsAreRefused() throws IOException {
        for (String body : new String[] {"[]", "{", "{} x", "{'a':1}", "null", "[".repeat(100_000)}) {
            assertThat(caller.post(PORTRAIT, body).code()).as(body).isEqualTo(422);
        }
        assertThat(caller.post(PORTRAIT, "\"" + "x".repeat(1024 * 1024) + "\"").code())
                .isEqualTo(413);
        assertThat(caller.post(PORTRAIT + "?fal_webhook=nonsense", "{}").code()).isEqualTo(400);
        assertThat(caller.post(PORTRAIT + "?fal_webhook=ftp%3A%2F%2Fx%2F", "{}").code())
                .isEqualTo(400);
        Answer misspelt = caller.post(PORTRAIT, "{\"_emulator\":{\"run_secs\":1}}");
        assertThat(misspelt.code()).isEqualTo(400);
        assertThat(misspelt.text("detail")).contains("_emulator.run_secs").contains("run_seconds");
    }

    private void restart(EmulatorConfig config) throws IOException {
        caller.close();
        emulator.close();
        emulator = FalEmulator.start(config);
        caller = new Caller(emulator.baseUri());
    }
}
