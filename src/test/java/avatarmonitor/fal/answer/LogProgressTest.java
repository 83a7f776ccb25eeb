package avatarmonitor.fal.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonPrimitive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Progress in percent, read from log lines of trainers. */
class LogProgressTest {
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
        assertThat(percent("[{\"message\":" + new JsonPrimitive(line) + "}]")).isEqualTo(percent);
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

    private static @Nullable Integer percent(String logs) {
        return LogProgress.percent(FalJson.parse(logs));
    }
}
