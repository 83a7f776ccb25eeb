package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.Completed;
import avatarmonitor.fal.answer.FalAnswer.Output;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.fal.answer.ResponseBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bodies that were compressed, garbled, truncated or oversized, over real HTTP: a model in them is found, and an
 * unreadable body ends nothing.
 */
class UnreadableBodiesTest {
    private static final String MODEL = "{\"finetune_id\":\"ft-1\"}";

    @AutoClose
    private final CannedFal fal = new CannedFal();

    @AutoClose
    private final HttpFalQueue queue = FalFixture.http(fal.url());

    @Test
    void compressionIsNotAskedForAndUndoneAllTheSame() throws IOException {
        fal.answersWith(200, Map.of("Content-Encoding", "gzip"), gzip(MODEL));
        assertModel();
        assertThat(fal.encodings).containsOnly("identity");
        fal.answersWith(200, Map.of(), gzip(MODEL));
        assertModel();
        fal.answersWith(200, Map.of("Content-Encoding", "gzip, gzip"), gzip(gzip(MODEL)));
        assertModel();
        fal.answersWith(200, Map.of("Content-Encoding", "gzip"), MODEL);
        assertModel();
        fal.answersWith(200, Map.of("Content-Encoding", "deflate"), deflate(MODEL, false));
        assertModel();
        fal.answersWith(200, Map.of("Content-Encoding", "deflate"), deflate(MODEL, true));
        assertModel();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''        | ''        | ''",
                "''        | deflate   | ''",
                "''        | br        | unread",
                "[1]       | br        | [1]",
                "{}        | br        | {}",
                "words     | br        | unread",
                "words     | identity  | words",
                "words     | x-gzip    | words",
                "1234567890| ''        | 1234567890",
                "12345678901| ''       | unread",
                "\ufeffwords| ''       | words",
            })
    void bodyOfAtMostTenBytesIsRead(String body, String encoding, String text) {
        ResponseBody read = ResponseBody.of(body.getBytes(StandardCharsets.UTF_8), encoding, "", 10);
        assertThat(read.unread() == null ? read.text() : "unread").isEqualTo(text);
    }

    @Test
    void bytesThatAreNoUtf8AreReadAsTheirMarkOrTheHeaderSays() {
        assertThat(ResponseBody.of(new byte[] {0x1f}, "", "", 10).text()).isEqualTo("\u001f");
        assertThat(ResponseBody.of("\ufeffä".getBytes(StandardCharsets.UTF_16BE), "", "", 10))
                .isEqualTo(new ResponseBody("ä", false, null));
        assertThat(ResponseBody.of("\ufeffä".getBytes(StandardCharsets.UTF_16LE), "", "", 10))
                .isEqualTo(new ResponseBody("ä", false, null));
        byte[] latin = "ä".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(ResponseBody.of(latin, "", "text/plain; charset=ISO-8859-1", 10))
                .isEqualTo(new ResponseBody("ä", false, null));
        for (String other : new String[] {"", "charset=utf-8", "charset=none-such", "charset=-"}) {
            assertThat(ResponseBody.of(latin, "", other, 10)).isEqualTo(new ResponseBody("\ufffd", true, null));
        }
    }

    @Test
    void bodyOfOneMebibyteIsReadAndALongerOneIsNot() {
        fal.answersWith(200, MODEL + " ".repeat(1024 * 1024 - MODEL.length()));
        assertModel();
        fal.answersWith(200, MODEL + " ".repeat(1024 * 1024 + 1 - MODEL.length()));
        assertThat(queue.result(REQUEST)).isInstanceOf(FalAnswer.Unavailable.class);
    }

    @Test
    void requestsAreMeteredByCodeOrCause() {
        List<String> codes = new ArrayList<>();
        queue.meter((code, took) -> {
            assertThat(took).isBetween(Duration.ZERO, Duration.ofSeconds(60));
            codes.add(code);
        });
        fal.answersWith(202, "{\"status\":\"IN_PROGRESS\"}");
        queue.status(REQUEST);
        fal.answersWith(200, MODEL + " ".repeat(1024 * 1024));
        queue.result(REQUEST);
        fal.close();
        queue.status(REQUEST);
        queue.close();
        assertThat(queue.status(REQUEST)).isInstanceOf(FalAnswer.Held.class);
        assertThat(codes).containsExactly("202", "too_large", "connection");
    }

    @Test
    void compressedStatusIsUnderstood() throws IOException {
        fal.answersWith(200, Map.of("Content-Encoding", "gzip"), gzip("{\"status\":\"COMPLETED\"}"));
        assertThat(queue.status(REQUEST)).isEqualTo(new Completed(null));
    }

    @Test
    void bodyThatGrowsWithoutEndIsGivenUp() throws IOException {
        byte[] bomb = gzip(" ".repeat(8 * 1024 * 1024) + MODEL);
        assertThat(bomb.length).isLessThan(20_000);
        fal.answersWith(200, Map.of("Content-Encoding", "gzip"), bomb);
        assertUnread(Cause.TOO_LARGE);
        fal.answersWith(200, Map.of("Content-Encoding", "deflate"), deflate(" ".repeat(8 * 1024 * 1024), true));
        assertUnread(Cause.TOO_LARGE);
        fal.answersWith(200, Map.of(), gzip(gzip(gzip(MODEL))));
        assertUnread(Cause.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 404, 410, 413, 422, 499})
    void brokenCompressionSaysNothingWhateverTheCode(int code) throws IOException {
        byte[] whole = gzip("{\"detail\":\"Invalid zip file\",\"finetune_id\":\"ft-1\"}");
        fal.answersWith(code, Map.of("Content-Encoding", "gzip"), Arrays.copyOf(whole, whole.length - 12));
        assertUnread(Cause.MALFORMED);
        fal.answersWith(code, Map.of("Content-Encoding", "br"), "\u000b\u0002\u0080");
        assertUnread(Cause.MALFORMED);
    }

    @ParameterizedTest
    @CsvSource({"400,TOO_LARGE", "404,TOO_LARGE", "422,TOO_LARGE", "500,SERVER_ERROR", "503,SERVER_ERROR"})
    void oversizedErrorSaysNothing(int code, Cause cause) {
        fal.answersWith(code, "{\"detail\":\"" + "x".repeat(1_100_000) + "\"}");
        assertUnread(cause);
    }

    @Test
    void refusalNeedsNoBody() {
        fal.answersWith(401, "x".repeat(1_100_000));
        assertThat(queue.status(REQUEST)).isInstanceOf(FalAnswer.AccessRefused.class);
        assertThat(queue.result(REQUEST)).isInstanceOf(FalAnswer.RequestRefused.class);
    }

    @Test
    void marksAndOtherCharsetsAreRead() {
        fal.answersWith(200, "\ufeff" + MODEL);
        assertModel();
        fal.answersWith(200, Map.of(), ("\ufeff" + MODEL).getBytes(StandardCharsets.UTF_16BE));
        assertModel();
        fal.answersWith(
                200,
                Map.of("Content-Type", "application/json; charset=ISO-8859-1"),
                "{\"finetune_id\":\"fé\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(queue.result(REQUEST)).hasToString("Output[body={\"finetune_id\":\"fé\"}, garbled=false]");
    }

    @Test
    void bytesThatAreNoTextAreReplacedAndRemembered() {
        fal.answersWith(
                200, Map.of(), "{\"finetune_id\":\"ft-1\",\"note\":\"fé\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(queue.result(REQUEST))
                .hasToString("Output[body={\"finetune_id\":\"ft-1\",\"note\":\"f\ufffd\"}, garbled=true]");
        fal.answersWith(
                200, Map.of(), "{\"status\":\"COMPLETED\",\"logs\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(queue.status(REQUEST)).isEqualTo(new Completed(null));
    }

    @Test
    void numbersThatJsonDoesNotHaveAreLeftOut() {
        fal.answersWith(
                200,
                "{\"loss\":NaN,\"a\":[Infinity,-Infinity,1],\"t\":\"NaN \\\" Infinity\",\"finetune_id\":\"ft-1\"}");
        assertThat(queue.result(REQUEST))
                .hasToString("Output[body={\"loss\":null,\"a\":[null,null,1],\"t\":\"NaN \\\" Infinity\","
                        + "\"finetune_id\":\"ft-1\"}, garbled=false]");
        fal.answersWith(200, "{\"loss\":nan}");
        assertUnread(Cause.MALFORMED);
    }

    @Test
    void whatIsNestedTooDeeplyIsLeftOut() {
        fal.answersWith(200, "{\"a\":" + "[".repeat(5_000) + "]".repeat(5_000) + ",\"finetune_id\":\"ft-1\"}");
        assertThat(queue.result(REQUEST)).isInstanceOfSatisfying(Output.class, output -> {
            assertThat(output.body().get("finetune_id").getAsString()).isEqualTo("ft-1");
            assertThat(output.body().get("a").toString()).isEqualTo("[".repeat(63) + "null" + "]".repeat(63));
        });
    }

    @Test
    void oversizedStatusIsReadWithoutItsLogs() {
        String logs = "{\"message\":\"" + "step ".repeat(50) + "\"}";
        fal.answersWith(200, "{\"status\":\"COMPLETED\",\"logs\":[" + (logs + ",").repeat(5_000) + logs + "]}");
        assertThat(queue.status(REQUEST, true))
                .isEqualTo(new Unavailable(Cause.TOO_LARGE, "HTTP 200 with more than 1048576 bytes"));
        fal.answersWith(200, "{\"status\":\"COMPLETED\",\"logs\":null}");
        assertThat(queue.status(REQUEST)).isEqualTo(new Completed(null));
        assertThat(fal.requests)
                .containsExactly(
                        "GET /fal-ai/flux-lora-portrait-trainer/requests/" + FalFixture.ID + "/status?logs=1",
                        "GET /fal-ai/flux-lora-portrait-trainer/requests/" + FalFixture.ID + "/status");
    }

    private void assertModel() {
        assertThat(queue.result(REQUEST)).hasToString("Output[body=" + MODEL + ", garbled=false]");
    }

    private void assertUnread(Cause cause) {
        assertThat(queue.result(REQUEST))
                .isInstanceOfSatisfying(
                        Unavailable.class, answer -> assertThat(answer.cause()).isEqualTo(cause));
    }

    private static byte[] gzip(String text) throws IOException {
        return gzip(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    private static byte[] deflate(String text, boolean raw) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, raw);
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        deflater.end();
        return bytes.toByteArray();
    }
}
