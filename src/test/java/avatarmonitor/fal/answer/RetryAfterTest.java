package avatarmonitor.fal.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "1,PT1S",
        " 120 ,PT2M",
        "900,PT15M",
        "0,PT1S",
        "-5,PT1S",
        "-99999999999999999999,PT1S",
        "901,PT15M",
        "864000,PT15M",
        "99999999999999999999999999,PT15M"
    })
    void secondsAreClamped(String value, Duration wait) {
        assertThat(RetryAfter.of(reply(Map.of("retry-after", value)))).isEqualTo(wait);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sun, 22 Nov 2026 10:02:00 GMT | PT2M",
                "Sunday, 22-Nov-26 10:02:00 GMT | PT2M",
                "Sun, 22 Nov 2026 09:00:00 GMT | PT1S",
                "Wed, 02 Dec 2026 10:00:00 GMT | PT15M"
            })
    void datesAreClamped(String value, Duration wait) {
        assertThat(RetryAfter.of(reply(Map.of("retry-after", value)))).isEqualTo(wait);
    }

    @Test
    void dateIsReadByTheServersClock() {
        Map<String, String> threeHoursAhead =
                Map.of("retry-after", "Sun, 22 Nov 2026 13:02:00 GMT", "date", "Sun, 22 Nov 2026 13:00:00 GMT");
        assertThat(RetryAfter.of(reply(threeHoursAhead))).isEqualTo(Duration.ofMinutes(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "soon", "1.5", "1e3", "0x10", "1 2", "Sun, 99 Foo", "\u0661"})
    void junkAndNothingMeanTheDefault(String value) {
        assertThat(RetryAfter.of(reply(Map.of("retry-after", value)))).isEqualTo(Duration.ofSeconds(30));
        assertThat(RetryAfter.of(reply(Map.of()))).isEqualTo(Duration.ofSeconds(30));
    }

    private static HttpReply.Received reply(Map<String, String> headers) {
        return HttpReply.Received.of(429, headers, new ResponseBody("", false, null), NOW);
    }
}
