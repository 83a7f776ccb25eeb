package avatarmonitor.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.Caller.Answer;
import avatarmonitor.emulator.http.Endpoint;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each trainer returns the output of the real one (docs/fal-contract.md section 6). */
class TrainersTest {
    private static FalEmulator emulator;
    private static Caller caller;

    @BeforeAll
    static void start() {
        emulator = FalEmulator.start(EmulatorConfig.local());
        caller = new Caller(emulator.baseUri());
    }

    @AfterAll
    static void stop() throws IOException {
        caller.close();
        emulator.close();
    }

    @ParameterizedTest
    @CsvSource({
        "fal-ai/flux-lora-portrait-trainer, diffusers_lora_file config_file",
        "fal-ai/flux-2-trainer/edit, diffusers_lora_file config_file",
        "fal-ai/turbo-flux-trainer, diffusers_lora_file config_file",
        "ideogram/v4/trainer, diffusers_lora_file config_file",
        "fal-ai/flux-lora-fast-training, diffusers_lora_file config_file debug_preprocessed_output",
        "fal-ai/wan-22-image-trainer, diffusers_lora_file high_noise_lora config_file",
        "blackforestlabs/flux-3/klein/base/trainer, lora_file config_file",
        "fal-ai/krea-2-trainer, lora_file config_file",
        "fal-ai/wan-trainer, lora_file config_file",
        "fal-ai/wan-trainer/t2v-14b, lora_file config_file",
        "fal-ai/wan-22-trainer/t2v-a14b, lora_file config_file",
        "fal-ai/ltx23-video-trainer, lora_file config_file",
        "fal-ai/ltx-video-trainer, lora_file config_file video",
        "fal-ai/trellis-2-lora-trainer, adapters failed preprocessed_data_file",
        "fal-ai/recraft/v3/create-style, style_id",
        "fal-ai/minimax/voice-clone, custom_voice_id audio",
        "fal-ai/flux-pro-trainer, finetune_id",
        "owner/anything, diffusers_lora_file config_file",
    })
    void trainerAnswersItsOwnMembers(String endpoint, String members) throws IOException {
        assertThat(result(endpoint).keySet()).containsExactlyInAnyOrder(members.split(" "));
    }

    @Test
    void fileMemberIsAFile() throws IOException {
        JsonObject file = result("fal-ai/wan-trainer/t2v").getAsJsonObject("lora_file");
        assertThat(file.keySet()).containsExactlyInAnyOrder("url", "content_type", "file_name", "file_size");
        assertThat(file.get("url").getAsString())
                .startsWith("https://fal-emulator.example.com/")
                .endsWith("/lora.safetensors");
        assertThat(file.get("file_size").getAsInt()).isEqualTo(89_745_224);
    }

    @Test
    void optionalMembersAreNullAndListsHoldFiles() throws IOException {
        assertThat(result("fal-ai/flux-lora-fast-training")
                        .get("debug_preprocessed_output")
                        .isJsonNull())
                .isTrue();
        JsonObject trellis = result("fal-ai/trellis-2-lora-trainer");
        assertThat(trellis.getAsJsonArray("adapters").get(0).getAsJsonObject().has("url"))
                .isTrue();
        assertThat(trellis.getAsJsonArray("failed")).isEmpty();
    }

    @Test
    void idOfARequestIsTheSameEachTime() throws IOException {
        String path = submitted("fal-ai/recraft/v3/create-style");
        JsonElement first = caller.get(path).json().get("style_id");
        assertThat(first.getAsString()).hasSize(36);
        assertThat(caller.get(path).json().get("style_id")).isEqualTo(first);
    }

    @Test
    void requestThatIsRegisteredWithoutTheSubPathAnswersAsTheFirstTrainerOfItsApplication() throws IOException {
        emulator.register("blackforestlabs/flux-3", "no-sub-path", Scenario.ended(Outcome.success()));
        assertThat(caller.get("/blackforestlabs/flux-3/requests/no-sub-path")
                        .json()
                        .keySet())
                .containsExactlyInAnyOrder("lora_file", "config_file");
    }

    @Test
    void requestThatIsRegisteredWithTheSubPathIsFoundByItsApplication() throws IOException {
        emulator.register("fal-ai/minimax/voice-clone", "with-sub-path", Scenario.ended(Outcome.success()));
        assertThat(caller.get("/fal-ai/minimax/requests/with-sub-path/status").text("status_url"))
                .endsWith("/fal-ai/minimax/requests/with-sub-path/status");
        assertThat(caller.get("/fal-ai/minimax/requests/with-sub-path").json().keySet())
                .contains("custom_voice_id");
    }

    @Test
    void onlyTrainersThatFalOffersAreKnownWhenAsked() throws IOException {
        EmulatorConfig strict = EmulatorConfig.local().withKnownTrainersOnly();
        try (FalEmulator known = FalEmulator.start(strict);
                Caller user = new Caller(known.baseUri())) {
            for (String gone : List.of(
                    "fal-ai/flux-lora-portait-trainer", "fal-ai/flux-pro-trainer", "fal-ai/flux-2-trainer/edits")) {
                Answer answer = user.post("/" + gone, "{}");
                assertThat(answer.code()).isEqualTo(404);
                assertThat(answer.text("detail")).isEqualTo("Application \"" + gone + "\" not found");
            }
            assertThat(user.post("/fal-ai/flux-2-trainer/edit", "{}").code()).isEqualTo(200);
        }
    }

    private static JsonObject result(String endpoint) throws IOException {
        return caller.get(submitted(endpoint)).json();
    }

    private static String submitted(String endpoint) throws IOException {
        String path = caller.submit("/" + endpoint, "{\"queue_seconds\":0,\"run_seconds\":0}");
        return "/" + Endpoint.app(endpoint) + "/requests/" + Caller.idOf(path);
    }
}
