package avatarmonitor.fal.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies with numbers that JSON does not allow. */
class FalJsonTest {
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
}
