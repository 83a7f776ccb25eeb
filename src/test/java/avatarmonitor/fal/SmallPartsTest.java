package avatarmonitor.fal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.fal.answer.FalJson;
import avatarmonitor.fal.answer.LogProgress;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small rules: progress, keys, endpoints and lines. */
class SmallPartsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "step 120/2500; 4",
                "Steps: 2499 / 2500; 99",
                "step 2500/2500; 99",
                "12%|#4   | 300/2500 [00:20<02:00]; 12",
                "100%|####| 9/9; 99",
                "  0%|    | 0/9; 0",
                "'5%|a\r10%|b\r15%|c'; 15"
            })
    void progressIsReadFromWhatTrainersWrite(String line, int percent) {
        assertThat(percent("[{\"message\":" + new com.google.gson.JsonPrimitive(line) + "}]"))
                .isEqualTo(percent);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "null",
                "5",
                "{}",
                "[]",
                "[null]",
                "[{\"message\":\"GPU at 95%\"}]",
                "[{\"message\":\"step 5/0\"}]",
                "[{\"message\":\"step 0/0\"}]",
                "[{\"message\":\"step 7/5\"}]",
                "[{\"message\":\"999%|\"}]",
                "[{\"message\":\"99999999999%|\"}]",
                "[{\"message\":\"2026/11/22\"}]"
            })
    void otherLinesTellNoProgress(String logs) {
        assertThat(logs == null ? LogProgress.percent(null) : percent(logs)).isNull();
    }

    @Test
    void latestLineWithProgressCounts() {
        assertThat(percent("[{\"message\":\"step 1/10\"},{\"message\":\"step 2/10\"},{\"message\":\"saving\"},7]"))
                .isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[NaN,Infinity,-Infinity,1]; [null,null,null,1]",
                "{\"a\":NaN,\"b\":\"NaN \\\" Infinity\"}; {\"a\":null,\"b\":\"NaN \\\" Infinity\"}",
                "[NaN,\"a\\; ",
                "[NaN,\"a; ",
                "[NaN]]; "
            })
    void numbersThatJsonDoesNotAllowAreNull(String text, @Nullable String json) {
        assertThat(FalJson.parse(text)).isEqualTo(json == null ? null : JsonParser.parseString(json));
    }

    private static @Nullable Integer percent(String logs) {
        return LogProgress.percent(FalJson.parse(logs));
    }

    @ParameterizedTest
    @CsvSource({
        "fal-ai/flux-lora-portrait-trainer,fal-ai/flux-lora-portrait-trainer",
        "fal-ai/flux-pro/v1.1/finetune,fal-ai/flux-pro",
        "workflows/me/app,workflows/me/app",
        "comfy/me/app/deep,comfy/me/app"
    })
    void applicationIsTheEndpointWithoutSubPath(String endpoint, String application) {
        assertThat(FalRequest.application(endpoint)).contains(application);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "app",
                "fal-ai/",
                "/app",
                "a//b",
                "../..",
                "a/..",
                "./a",
                "a/b?c",
                "a/b#c",
                "a b/c",
                "a/b%2f",
                "workflows/me",
                "a/b\n",
                "a/b/../../c",
                "https://evil.example/a",
                "a@b/c:d"
            })
    void endpointThatIsUnsafeInAPathIsRefused(String endpoint) {
        assertThat(FalRequest.application(endpoint)).isEmpty();
        assertThatThrownBy(() -> new FalRequest(endpoint, FalFixture.REQUEST.id()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void endpointHasAtMost200Characters() {
        String endpoint = "a/" + "b".repeat(98) + "/" + "c".repeat(99);
        assertThat(FalRequest.isEndpoint(endpoint)).isTrue();
        assertThat(FalRequest.isEndpoint(endpoint + "c")).isFalse();
        assertThat(FalRequest.isEndpoint("a")).isFalse();
    }

    @Test
    void keyIsTrimmedAndNeverPrints() {
        FalKey key = new FalKey("  abc:def\n");
        assertThat(key.authorization()).isEqualTo("Key abc:def");
        assertThat(key).hasToString("***");
        assertThat(FalFixture.config(java.net.URI.create("https://a"), java.time.Duration.ZERO)
                        .toString())
                .doesNotContain(FalFixture.KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\r\nX-Evil: 1", "a\u0000", "schlüssel"})
    void textThatIsNoHeaderValueIsNoKey(String value) {
        assertThatThrownBy(() -> new FalKey(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining(value.isBlank() ? "***" : value);
    }

    @Test
    void lineKeepsWordsAndDropsWhatControlsATerminal() {
        assertThat(UntrustedText.line(" a\r\n b\u001b[2J\tc\u202ed\ud800e\ud83d\ude00 "))
                .isEqualTo("a b [2J c d e\ud83d\ude00");
    }

    @Test
    void lineIsCutBetweenCharacters() {
        assertThat(UntrustedText.line("\ud83d\ude00".repeat(400)))
                .hasSizeLessThanOrEqualTo(UntrustedText.LINE_LENGTH_MAX)
                .endsWith("\ude00…");
        assertThat(UntrustedText.line("x".repeat(UntrustedText.LINE_LENGTH_MAX - 1)))
                .hasSize(UntrustedText.LINE_LENGTH_MAX - 1)
                .doesNotContain("…");
    }
}
