package avatarmonitor.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sanitized text cannot drive a terminal, forge a line, change the direction of writing or hide characters. */
class UntrustedTextTest {
    private static final String NAME = "Ægir Ünal 李雷 نور 👩🏽‍🎨 e\u0301 ☂\ufe0f";

    /**
     * C0, DEL, C1 (NEL, CSI, OSC), separators, bidirectional controls, zero width, byte order mark, tags, half of a
     * pair, noncharacter.
     */
    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00, 0x07, 0x08, 0x0a, 0x0d, 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9d, 0x9f, 0x00ad, 0x034f, 0x061c, 0x115f,
                0x180e, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0x3164, 0xd800,
                0xdfff, 0xfdd0, 0xfeff, 0xfff9, 0xffff, 0xe0001, 0xe0041, 0x10ffff
            })
    void unsafeCharacterIsInNoFormOfATextAndReadsBackFromJson(int unsafe) {
        String text = "a" + Character.toString(unsafe) + "b";
        String json = UntrustedText.json(new JsonPrimitive(text).toString());

        assertThat(UntrustedText.line(text)).isEqualTo("a b");
        assertThat(UntrustedText.cell(text)).isIn("ab", "a b");
        assertThat(UntrustedText.escaped(text)).matches("a(\\\\[nr]|(\\\\u[0-9a-f]{4}){1,2})b");
        assertThat(UntrustedText.quoted(text)).isEqualTo("\"a?b\"");
        assertThat(json).matches("\"a(\\\\[nrb]|(\\\\u[0-9a-f]{4}){1,2})b\"");
        assertThat(JsonParser.parseString(json).getAsString()).isEqualTo(text);
    }

    @Test
    void formsAreTheseLiterally() {
        String text = " \u009b31mRED\u0085\t\nnext\u2028 \u202eevil ";

        assertThat(UntrustedText.line(text)).isEqualTo("31mRED next evil");
        assertThat(UntrustedText.cell(text)).isEqualTo(" 31mRED  next  evil ");
        assertThat(UntrustedText.escaped(text)).isEqualTo(" \\u009b31mRED\\u0085\\t\\nnext\\u2028 \\u202eevil ");
        assertThat(UntrustedText.json("[\n  \"\u009b\ud83d\ude00\"\n]")).isEqualTo("[\n  \"\\u009b😀\"\n]");
    }

    @Test
    void namesOfAllScriptsStayAsTheyAre() {
        String withoutJoiner = NAME.replace("\u200d", "");

        assertThat(UntrustedText.cell(NAME)).isEqualTo(withoutJoiner);
        assertThat(UntrustedText.line(withoutJoiner)).isEqualTo(withoutJoiner);
        assertThat(UntrustedText.escaped(withoutJoiner)).isEqualTo(withoutJoiner);
        assertThat(UntrustedText.json("\"" + withoutJoiner + "\"")).isEqualTo("\"" + withoutJoiner + "\"");
    }

    @Test
    void lineKeepsWordsAndDropsWhatControlsATerminal() {
        assertThat(UntrustedText.line(" a\r\n b\u001b[2J\tc\u202ed\ud800e\ud83d\ude00 "))
                .isEqualTo("a b [2J c d e\ud83d\ude00");
    }

    @Test
    void lineIsCutBetweenCharacters() {
        assertThat(UntrustedText.line("x".repeat(499))).hasSize(499);
        assertThat(UntrustedText.line("x".repeat(2_000))).hasSize(500).endsWith("x…");
        assertThat(UntrustedText.line("😀".repeat(400))).hasSize(499).endsWith("😀…");
        assertThat(UntrustedText.quoted("x".repeat(101))).isEqualTo("\"" + "x".repeat(100) + "…\"");
    }

    /** The page implements the same rule in JavaScript with the same expression. */
    @Test
    void pageKnowsTheSameCharacters() throws Exception {
        String script = Files.readString(Path.of("src/main/resources/web/js/dom.js"));
        Matcher rule = Pattern.compile("const UNSAFE = /(.+)/gu;").matcher(script);
        assertThat(rule.find()).isTrue();
        Pattern unsafe = Pattern.compile(rule.group(1));

        assertThat(IntStream.rangeClosed(0, 0x1ffff)
                        .filter(character -> character != '\t' && character != '\n' && character < 0x1fffe)
                        .filter(character ->
                                unsafe.matcher(Character.toString(character)).matches()
                                        != UntrustedText.isUnsafe(character)))
                .isEmpty();
    }
}
