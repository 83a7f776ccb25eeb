package avatarmonitor.emulator;

import static avatarmonitor.emulator.Caller.PORTRAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.emulator.Caller.Answer;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.Background;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** fal's file storage and the files of models, as clients call them. */
class StorageTest {
    private static final String INITIATE = "/storage/upload/initiate?storage_type=fal-cdn-v3";
    private static final EmulatorConfig.Limits SMALL = new EmulatorConfig.Limits(10, 10, 10, 1, 1, 2, 10, 15);

    @AutoClose
    private final FalEmulator emulator =
            FalEmulator.start(EmulatorConfig.local().withLimits(SMALL));

    @AutoClose
    private final Caller caller = new Caller(emulator.baseUri());

    @Test
    void uploadedFileIsServedWithItsType() throws IOException {
        Answer place = caller.post(INITIATE, "{\"content_type\":\"text/css\",\"file_name\":\"my photos.zip\"}");
        assertThat(place.code()).isEqualTo(200);
        String url = place.text("file_url");
        assertThat(url).startsWith(emulator.baseUri() + "/files/b/").endsWith("/my_photos.zip");
        assertThat(caller.get(pathOf(url)).code()).isEqualTo(404);
        assertThat(put(place.text("upload_url"), "0123456789").code()).isEqualTo(200);
        Answer file = caller.get(pathOf(url));
        assertThat(file.code()).isEqualTo(200);
        assertThat(file.body()).isEqualTo("0123456789");
        assertThat(file.headers()).containsEntry("content-type", "text/css");
        Answer head = caller.call("HEAD", pathOf(url), "", Map.of());
        assertThat(head.code()).isEqualTo(200);
        assertThat(head.headers()).containsEntry("content-length", "10");
        assertThat(emulator.calls(Op.FILE)).extracting(Call::code).containsExactly(404, 200, 200, 200);
    }

    @Test
    void tokenOfThePythonClientPostsAFile() throws IOException {
        Answer token = caller.post("/storage/auth/token?storage_type=fal-cdn-v3", "{}");
        assertThat(token.text("token_type")).isEqualTo("Bearer");
        assertThat(token.text("token")).isNotBlank();
        assertThat(OffsetDateTime.parse(token.text("expires_at")).toInstant()).isAfter(emulator.now());
        assertThat(token.text("expires_at")).endsWith("+00:00");
        Answer posted = caller.call(
                "POST",
                pathOf(token.text("base_url") + "/files/upload"),
                "zip",
                Map.of("Authorization", "Bearer " + token.text("token"), "X-Fal-File-Name", "p.zip"));
        assertThat(posted.text("access_url")).endsWith("/p.zip");
        assertThat(caller.get(pathOf(posted.text("access_url"))).body()).isEqualTo("zip");
        assertThat(caller.post("/files/upload", "zip").code())
                .as("without the token")
                .isEqualTo(401);
    }

    @Test
    void filesAreBoundedAndTheOldestMakesRoom() throws IOException {
        String first = uploaded("1234567890");
        String second = uploaded("12345");
        assertThat(caller.get(pathOf(first)).code()).isEqualTo(200);
        uploaded("1");
        assertThat(caller.get(pathOf(first)).code()).isEqualTo(404);
        assertThat(caller.get(pathOf(second)).body()).isEqualTo("12345");
        Answer place = caller.post(INITIATE, "{}");
        assertThat(put(place.text("upload_url"), "12345678901").code()).isEqualTo(413);
        assertThat(caller.get(pathOf(place.text("file_url"))).code()).isEqualTo(404);
        assertThat(caller.get("/_emulator").json().get("files").getAsInt()).isEqualTo(1);
    }

    @Test
    void placesThatNobodyUsesAreBoundedToo() throws IOException {
        String first = caller.post(INITIATE, "{}").text("upload_url");
        caller.post(INITIATE, "{}");
        caller.post(INITIATE, "{}");
        assertThat(put(first, "late").code()).isEqualTo(404);
    }

    @Test
    void onlyReservedPlacesTakeFiles() throws IOException {
        assertThat(put(emulator.baseUri() + "/files/b/mine/x", "x").code()).isEqualTo(404);
        assertThat(caller.call("DELETE", "/files/b/mine/x", "", Map.of()).code())
                .isEqualTo(405);
        assertThat(caller.call("POST", INITIATE, "{}", Map.of()).code()).isEqualTo(401);
    }

    @Test
    void onlyFewUploadsAreTakenAtOnce() throws Exception {
        StoredFiles files = new StoredFiles(new EmulatorConfig.Limits(1, 1, 1, 1, 1));
        CountDownLatch started = new CountDownLatch(4);
        CountDownLatch go = new CountDownLatch(1);
        InputStream slow = new InputStream() {
            @Override
            public int read() throws IOException {
                started.countDown();
                try {
                    go.await();
                } catch (InterruptedException stopped) {
                    throw new IOException(stopped);
                }
                return -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return read();
            }
        };
        List<CompletableFuture<Boolean>> uploads = new ArrayList<>();
        for (int number = 0; number < 4; number++) {
            String name = files.reserve("f");
            uploads.add(Background.supply(() -> write(files, name, slow)));
        }
        assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
        String fifth = files.reserve("f");
        assertThatThrownBy(() -> files.write(fifth, "text/css", InputStream.nullInputStream()))
                .hasMessageContaining("at most 4 uploads at once");
        go.countDown();
        for (CompletableFuture<Boolean> upload : uploads) {
            assertThat(upload.get(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(files.write(fifth, "text/css", InputStream.nullInputStream()))
                .isTrue();
        files.clear();
    }

    private static boolean write(StoredFiles files, String name, InputStream body) {
        try {
            return files.write(name, "text/css", body);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void resetForgetsFiles() throws IOException {
        String url = uploaded("x");
        caller.post("/_emulator/reset", "{}");
        assertThat(caller.get(pathOf(url)).code()).isEqualTo(404);
    }

    @Test
    void filesOfAModelAreServedWhenTheScenarioHasIt() throws IOException {
        emulator.register(
                "fal-ai/wan-trainer/t2v", "R", Scenario.ended(Outcome.success()).withFilesServed());
        JsonObject lora = caller.get("/fal-ai/wan-trainer/requests/R").json().getAsJsonObject("lora_file");
        String url = lora.get("url").getAsString();
        assertThat(url).isEqualTo(emulator.baseUri() + "/files/model/R/lora.safetensors");
        Answer head = caller.call("HEAD", pathOf(url), "", Map.of());
        assertThat(head.code()).isEqualTo(200);
        assertThat(head.headers())
                .containsEntry("content-length", lora.get("file_size").getAsString());
        assertThat(caller.get(pathOf(url)).body()).contains("\"request_id\":\"R\"");
        assertThat(caller.get("/files/model/R/config.json").code()).isEqualTo(200);
        assertThat(caller.get("/files/model/R/other.json").code()).isEqualTo(404);
        Answer missing = caller.call("HEAD", "/files/model/R/other.json", "", Map.of());
        assertThat(missing.code()).isEqualTo(404);
        assertThat(missing.headers()).containsEntry("content-length", "22");
        emulator.register("a/b", "N", Scenario.ended(Outcome.success()));
        assertThat(caller.get("/files/model/N/config.json").code()).isEqualTo(404);
    }

    @Test
    void filesMeetFaultsLikeOtherCalls() throws IOException {
        String url = uploaded("x");
        emulator.inject(Fault.forbidden().on(Op.FILE).times(1));
        assertThat(caller.get(pathOf(url)).code()).isEqualTo(403);
        assertThat(caller.get(pathOf(url)).code()).isEqualTo(200);
    }

    @Test
    void submittedScenarioMayServeItsFiles() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"queue_seconds\":0,\"run_seconds\":0,\"files_served\":true}");
        String url = caller.get(path)
                .json()
                .getAsJsonObject("config_file")
                .get("url")
                .getAsString();
        assertThat(caller.get(pathOf(url)).code()).isEqualTo(200);
    }

    private String uploaded(String content) throws IOException {
        Answer place = caller.post(INITIATE, "{\"file_name\":\"f\"}");
        assertThat(put(place.text("upload_url"), content).code()).isEqualTo(200);
        return place.text("file_url");
    }

    private Answer put(String url, String content) throws IOException {
        return caller.call("PUT", pathOf(url), content, Map.of("Content-Type", "text/css"));
    }

    private String pathOf(String url) {
        assertThat(List.of(url)).allMatch(text -> text.startsWith(emulator.baseUri() + "/"));
        return url.substring(emulator.baseUri().toString().length());
    }
}
