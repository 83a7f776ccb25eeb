package avatarmonitor.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversion to server encodings, without a server. */
final class ServerTextTest {
    @ParameterizedTest
    @CsvSource({
        "UTF8, “é” 日本 🙂…, “é” 日本 🙂…",
        "LATIN1, “é” 日本 🙂…, '\"é\" ?? ?...'",
        "LATIN9, 5 € é, 5 € é",
        "WIN1252, “é”… 日, “é”… ?",
        "EUC_JP, 日本 ¢ é —, 日本 ? é -",
        "EUC_TW, 日本, ??",
        "SQL_ASCII, é…, ?...",
        ", é…, ?...",
    })
    void whatTheServerCannotHoldIsReplaced(@Nullable String encoding, String text, String held) {
        assertThat(ServerText.of(encoding).fit(text, 100)).isEqualTo(held);
    }

    @Test
    void nulAndHalvesOfPairsAreReplacedEverywhere() {
        assertThat(ServerText.of("UTF8").fit("a\u0000b\ud83dc", 100)).isEqualTo("a\ufffdb\ufffdc");
        assertThat(ServerText.of("LATIN1").fit("a\u0000b\ude42c", 100)).isEqualTo("a?b?c");
    }

    @Test
    void lengthIsThatOfWhatIsWrittenAndNoPairIsCut() {
        assertThat(ServerText.of("UTF8").fit("ab🙂c", 3)).isEqualTo("ab");
        assertThat(ServerText.of("LATIN1").fit("abc…", 5)).isEqualTo("abc");
        assertThat(ServerText.of("LATIN1").fit("abc…", 6)).isEqualTo("abc...");
    }

    @Test
    void jsonIsAsciiAndSaysTheSame() {
        JsonObject json = new JsonObject();
        json.addProperty("wört", "“日🙂” \\u0000 a\\b");
        String written = ServerText.of("LATIN1").json(json.toString(), false);
        assertThat(written).matches("\\p{ASCII}+");
        assertThat(JsonParser.parseString(written)).isEqualTo(json);
    }

    @Test
    void jsonHasNoNulAndNoHalfOfAPair() {
        JsonObject json = new JsonObject();
        json.addProperty("text", "a\u0000b\ud83d");
        assertThat(ServerText.of("UTF8").json(json.toString(), false)).isEqualTo("{\"text\":\"a\\ufffdb\\ufffd\"}");
    }

    @Test
    void jsonbHoldsOnlyWhatItsServerCan() {
        assertThat(ServerText.of("LATIN1").json("{\"a\":\"é日“\\u0000\"}", true)).isEqualTo("{\"a\":\"\\u00e9???\"}");
        assertThat(ServerText.of("UTF8").json("{\"a\":\"é日\"}", true)).isEqualTo("{\"a\":\"\\u00e9\\u65e5\"}");
    }
}
