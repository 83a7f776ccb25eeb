package avatarmonitor.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.fal.client.ClientConfig;
import ai.fal.client.CredentialsResolver;
import ai.fal.client.FalClient;
import ai.fal.client.Output;
import ai.fal.client.RunOptions;
import ai.fal.client.SubscribeOptions;
import ai.fal.client.exception.FalException;
import ai.fal.client.queue.QueueResultOptions;
import ai.fal.client.queue.QueueStatus;
import ai.fal.client.queue.QueueStatusOptions;
import ai.fal.client.queue.QueueSubmitOptions;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** fal's Java client, unchanged from Maven Central, against the emulator. It has neither uploads nor a cancel. */
class FalJavaClientTest {
    private static final String PORTRAIT = "fal-ai/flux-lora-portrait-trainer";
    private static final String FLUX_3 = "blackforestlabs/flux-3/klein/base/trainer";

    @AutoClose
    private final FalEmulator emulator = FalEmulator.start(EmulatorConfig.local());

    private final FalClient fal = FalClient.withConfig(ClientConfig.builder()
            .withCredentials(CredentialsResolver.fromApiKey("id:secret"))
            .withProxyUrl(emulator.baseUri() + "/proxy")
            .build());

    @Test
    void submitStatusAndResult() {
        String id = submitted("{'stall':'in_queue'}");
        assertThat(status(id)).isEqualTo(QueueStatus.Status.IN_QUEUE);
        emulator.change(id, Scenario.stalled(Course.Stall.IN_PROGRESS).withQueue(Duration.ZERO, 0));
        assertThat(status(id)).isEqualTo(QueueStatus.Status.IN_PROGRESS);
        emulator.change(id, Scenario.ended(Outcome.success()));
        assertThat(status(id)).isEqualTo(QueueStatus.Status.COMPLETED);
        Output<JsonObject> result = fal.queue().result(PORTRAIT, QueueResultOptions.withRequestId(id));
        assertThat(result.getData().keySet()).containsExactlyInAnyOrder("diffusers_lora_file", "config_file");
        assertThat(result.getRequestId()).isEqualTo(id);
    }

    @Test
    void subscribeFollowsTheStreamToTheEnd() {
        List<QueueStatus.Status> seen = new ArrayList<>();
        Output<JsonObject> result = fal.subscribe(
                FLUX_3,
                SubscribeOptions.<JsonObject>builder()
                        .input(input("{'queue_seconds':0.3,'run_seconds':0.3}"))
                        .logs(true)
                        .resultType(JsonObject.class)
                        .onQueueUpdate(update -> seen.add(update.getStatus()))
                        .build());
        assertThat(result.getData().keySet()).containsExactlyInAnyOrder("lora_file", "config_file");
        assertThat(seen).startsWith(QueueStatus.Status.IN_QUEUE).contains(QueueStatus.Status.IN_PROGRESS);
        assertThat(emulator.calls(Op.STREAM)).hasSize(1);
    }

    @Test
    void runWaitsForTheResult() {
        Output<JsonObject> result =
                fal.run(PORTRAIT, RunOptions.withInput(input("{'queue_seconds':60,'run_seconds':0.1}")));
        assertThat(result.getData().keySet()).contains("diffusers_lora_file");
    }

    @Test
    void errorsAreExceptionsOfTheClient() {
        String failed = submitted("{'queue_seconds':0,'run_seconds':0,'outcome':'validation_error'}");
        String running = submitted("{'stall':'in_queue'}");
        for (String id : List.of(failed, running, "unknown")) {
            assertThatThrownBy(() -> fal.queue().result(PORTRAIT, QueueResultOptions.withRequestId(id)))
                    .isInstanceOf(FalException.class);
        }
        assertThat(emulator.calls(Op.RESULT)).extracting(Call::code).containsExactly(422, 400, 404);
    }

    private QueueStatus.Status status(String id) {
        return fal.queue()
                .status(PORTRAIT, QueueStatusOptions.withRequestId(id))
                .getStatus();
    }

    private String submitted(String scenario) {
        return fal.queue()
                .submit(PORTRAIT, QueueSubmitOptions.withInput(input(scenario)))
                .getRequestId();
    }

    private static JsonObject input(String scenario) {
        return JsonParser.parseString("{'images_data_url':'x','_emulator':" + scenario + "}")
                .getAsJsonObject();
    }
}
