package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import avatarmonitor.alert.Channel.Sent;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.http.Egress;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/examples/copy_models.py} receives real callbacks and copies the files of a model that the emulator
 * serves.
 */
class CopyModelsExampleTest {
    private static final String EXAMPLE = "docs/examples/copy_models.py";
    private static final String SECRET = "s3cret";
    private static final AvatarId AVATAR = new AvatarId(UUID.randomUUID());

    @TempDir
    private Path models;

    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());
    private Process receiver;
    private URI url;

    @BeforeEach
    void start() throws Exception {
        boolean python = python();
        String remedy = "CopyModelsExampleTest was left out: python3 is missing (install: apt-get install python3)";
        if (!python) {
            assertThat(System.getenv("CI")).as(remedy).isNotEqualTo("true");
            System.out.println(remedy);
        }
        assumeTrue(python, remedy);
        ProcessBuilder builder = new ProcessBuilder("python3", EXAMPLE, "127.0.0.1:0", models.toString());
        builder.environment().put("CALLBACK_SECRET", SECRET);
        builder.environment().put("RETRY_SECONDS", "0.2");
        receiver = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader output = receiver.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        assertThat(line).startsWith("listening on port ");
        url = URI.create("http://127.0.0.1:" + line.substring("listening on port ".length()));
    }

    @AfterEach
    void stop() throws InterruptedException {
        fal.close();
        if (receiver != null) {
            receiver.destroyForcibly().waitFor();
        }
    }

    @Test
    void filesOfACompletedTrainingAreCopiedOnceAndAfterFailures() throws IOException {
        fal.register("owner/trainer", "R", Scenario.ended(Outcome.success()).withFilesServed());
        fal.inject(Fault.unavailable().on(Op.FILE).times(1));
        fal.inject(Fault.cut().on(Op.FILE).times(1));
        Message completed = message(
                "completed",
                "R",
                "{'training_type':'style','model':{'diffusers_lora_file_url':'%s','config_file_url':'%s','finetune_id':'f'}}"
                        .formatted(file("R", "pytorch_lora_weights.safetensors"), file("R", "config.json")));
        assertThat(send(completed, SECRET)).isEqualTo(new Sent.Delivered());
        Path directory = models.resolve(AVATAR.toString()).resolve("R");
        await().until(() -> inbox() == 0);
        assertThat(directory).isDirectoryContaining("glob:**/diffusers_lora_file_url.safetensors");
        assertThat(directory).isDirectoryContaining("glob:**/config_file_url.json");
        ByteBuffer lora = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("diffusers_lora_file_url.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(lora.getLong() + Long.BYTES)
                .as("no file is kept that broke off")
                .isEqualTo(lora.capacity());
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(2);
        }
        assertThat(Files.readString(directory.resolve("config_file_url.json"))).contains("\"request_id\":\"R\"");
        int calls = fal.calls(Op.FILE).size();
        assertThat(send(completed, SECRET)).isEqualTo(new Sent.Delivered());
        await().until(() -> inbox() == 0);
        assertThat(fal.calls(Op.FILE)).as("nothing is fetched again").hasSize(calls);
        assertThat(fal.calls(Op.FILE)).extracting(Call::code).contains(503);
    }

    @Test
    void onlySignedCompletionsAreKeptAndLostFilesAreLeftForAPerson() throws IOException {
        Message gone =
                message("completed", "G", "{'model':{'config_file_url':'%s'}}".formatted(file("G", "config.json")));
        assertThat(send(gone, "another secret")).isEqualTo(new Sent.Refused("HTTP 401"));
        assertThat(send(message("failed", "F", "{'reason':'invalid_archive'}"), SECRET))
                .isEqualTo(new Sent.Delivered());
        assertThat(send(message("timed_out", "T", "{'deadline':'2026-11-23T10:00:00Z'}"), SECRET))
                .as("no end")
                .isEqualTo(new Sent.Delivered());
        assertThat(inbox()).isZero();
        assertThat(send(gone, SECRET)).isEqualTo(new Sent.Delivered());
        await().until(() -> Files.exists(models.resolve("inbox/G.gone")));
    }

    private Sent send(Message message, String secret) {
        try (HttpChannel channel = new HttpChannel(
                HttpChannel.CALLBACK, url, secret, 1, Duration.ofSeconds(10), Egress.DIRECT, InstantSource.system())) {
            return channel.send(message);
        }
    }

    private URI file(String requestId, String name) {
        return fal.baseUri().resolve("/files/model/" + requestId + "/" + name);
    }

    private long inbox() throws IOException {
        try (var files = Files.list(models.resolve("inbox"))) {
            return files.filter(file -> file.toString().endsWith(".json")).count();
        }
    }

    private static Message message(String type, String requestId, String detail) {
        JsonObject facts = JsonParser.parseString(detail).getAsJsonObject();
        Message message =
                Messages.callback(new Logged(1, Instant.EPOCH, AVATAR, requestId, "worker-1", type, facts), true);
        return Objects.requireNonNull(message);
    }

    private static boolean python() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 9))")
                    .redirectErrorStream(true)
                    .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notInstalled) {
            return false;
        }
    }
}
