package avatarmonitor.fal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are an API key, which never appears in output. */
class FalKeyTest {
    @Test
    void keyIsTrimmedAndNeverPrints() {
        FalKey key = new FalKey("  abc:def\n");
        assertThat(key.authorization()).isEqualTo("Key abc:def");
        assertThat(key).hasToString("***");
        assertThat(FalFixture.config(URI.create("https://a"), Duration.ZERO).toString())
                .doesNotContain(FalFixture.KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\r\nX-Evil: 1", "a\u0000", "schlüssel"})
    void textThatIsNoHeaderValueIsNoKey(String value) {
        assertThatThrownBy(() -> new FalKey(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void blankTextIsNoKey(String value) {
        assertThatThrownBy(() -> new FalKey(value)).isInstanceOf(IllegalArgumentException.class);
    }
}
