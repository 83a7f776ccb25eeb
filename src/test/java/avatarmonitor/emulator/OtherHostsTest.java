package avatarmonitor.emulator;

import static avatarmonitor.emulator.Caller.PORTRAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.Caller.Answer;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.testing.Background;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls for fal.run, rest.fal.ai and api.fal.ai, by path and by proxy. */
class OtherHostsTest {
    @AutoClose
    private final FalEmulator emulator =
            FalEmulator.start(EmulatorConfig.local().withFrozenClock());

    @AutoClose
    private final Caller caller = new Caller(emulator.baseUri());

    @Test
    void runAnswersWhenTheTrainingIsOver() throws Exception {
        CompletableFuture<Answer> run = Background.supply(() -> post("/fal.run" + PORTRAIT, "{}"));
        await().until(() -> emulator.calls(Op.RUN).size() == 1
                && emulator.calls(Op.RUN).get(0).requestId() != null);
        assertThat(run).isNotDone();
        emulator.advance(Duration.ofSeconds(8));
        Answer answer = run.get();
        assertThat(answer.code()).isEqualTo(200);
        assertThat(answer.json().keySet()).containsExactlyInAnyOrder("diffusers_lora_file", "config_file");
        assertThat(answer.headers())
                .containsEntry("x-fal-request-id", emulator.calls(Op.RUN).get(0).requestId());
    }

    @Test
    void runAnswersTheErrorOfTheModel() throws IOException {
        String failed = "{\"_emulator\":{\"run_seconds\":0,\"outcome\":\"validation_error\"}}";
        assertThat(post("/fal.run" + PORTRAIT, failed).code()).isEqualTo(422);
        assertThat(caller.call("POST", "/fal.run" + PORTRAIT, "{}", Map.of()).code())
                .isEqualTo(401);
        emulator.inject(Fault.locked().on(Op.RUN));
        assertThat(post("/fal.run" + PORTRAIT, "{}").code()).isEqualTo(403);
    }

    @Test
    void runThatIsForgottenEnds() throws Exception {
        CompletableFuture<Answer> run = Background.supply(() -> post("/fal.run" + PORTRAIT, "{}"));
        await().until(() -> emulator.calls(Op.RUN).size() == 1
                && emulator.calls(Op.RUN).get(0).requestId() != null);
        emulator.forget(Objects.requireNonNull(emulator.calls(Op.RUN).get(0).requestId()));
        assertThat(run.get().code()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, https://queue.fal.run/a/b, SUBMIT, 200",
        "POST, https://queue.falrun.com/a/b, SUBMIT, 200",
        "POST, https://rest.fal.ai/storage/upload/initiate, UPLOAD, 200",
        "POST, https://rest.alpha.fal.ai/storage/upload/initiate, UPLOAD, 200",
        "GET, https://rest.fal.ai/.well-known/jwks.json, JWKS, 200",
        "GET, https://api.fal.ai/v1/models/requests/by-endpoint?endpoint_id=a/b, HISTORY, 200",
        "POST, https://rest.fal.ai/tokens/, OTHER, 501",
        "POST, https://rest.fal.ai/storage/upload/initiate-multipart, OTHER, 501",
        "GET, https://api.fal.ai/v1/models/pricing, OTHER, 501",
        "POST, https://fal.run/a/b/stream, OTHER, 501",
        "GET, https://fal.run/a/b, OTHER, 405",
    })
    void hostDecidesByThePathAndThroughTheProxy(String method, String url, Op op, int code) throws IOException {
        Map<String, String> key = Map.of("Authorization", "Key any");
        String byPath = url.substring("https:/".length());
        assertThat(caller.call(method, byPath, "{}", key).code()).isEqualTo(code);
        Map<String, String> target = Map.of("x-fal-target-url", url);
        assertThat(caller.call(method, "/proxy", "{}", target).code()).isEqualTo(code);
        assertThat(emulator.calls()).extracting(Call::op).containsExactly(op, op);
    }

    @Test
    void whatIsNotImitatedSaysSo() throws IOException {
        Answer answer = caller.post("/tokens/realtime", "{}");
        assertThat(answer.code()).isEqualTo(501);
        assertThat(answer.text("detail")).startsWith("The emulator does not imitate /tokens/realtime.");
    }

    @Test
    void fileUrlsOfAProxiedUploadLeadToTheEmulator() throws IOException {
        Map<String, String> target = Map.of("x-fal-target-url", "https://rest.fal.ai/storage/upload/initiate");
        assertThat(caller.call("POST", "/proxy", "{}", target).text("upload_url"))
                .startsWith(emulator.baseUri() + "/files/b/");
    }

    private Answer post(String path, String body) {
        try {
            return caller.post(path, body);
        } catch (IOException noAnswer) {
            throw new java.io.UncheckedIOException(noAnswer);
        }
    }
}
