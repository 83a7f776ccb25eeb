package avatarmonitor.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets are masked as a whole, in halves and in derived forms. */
class SecretsTest {
    private static final String KEY = "0198a1b2-aaaa-bbbb:5ecret0f7hekey5ecret0f7hekey";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Authorization: Key 0198a1b2-aaaa-bbbb:5ecret0f7hekey5ecret0f7hekey | Authorization: Key ***
            no key with id 0198a1b2-aaaa-bbbb                                  | no key with id ***
            x5ecret0f7hekey5ecret0f7hekeyx                                     | x***x
            key=0198a1b2-aaaa-bbbb%3A5ecret0f7hekey5ecret0f7hekey&a            | key=***&a
            MDE5OGExYjItYWFhYS1iYmJiOjVlY3JldDBmN2hla2V5NWVjcmV0MGY3aGVrZXk=   | ***=
            """)
    void keyIsMaskedWholeAndInHalves(String text, String shown) {
        assertThat(new Secrets(List.of(KEY)).mask(text)).isEqualTo(shown);
    }

    @Test
    void urlIsMaskedAlsoWhereOnlyItsPathIsWritten() {
        Secrets secrets =
                new Secrets(List.of("https://hooks.example.com/services/T0/B0/XXXXXXXXXXXXXXXX?sig=yyyyyyyyyyyyyy"));

        assertThat(secrets.mask("POST /services/T0/B0/XXXXXXXXXXXXXXXX?sig=yyyyyyyyyyyyyy HTTP/1.1"))
                .isEqualTo("POST *** HTTP/1.1");
        assertThat(secrets.mask("route {s}->https://hooks.example.com:443 token XXXXXXXXXXXXXXXX sig yyyyyyyyyyyyyy"))
                .isEqualTo("route {s}->https://hooks.example.com:443 token *** sig ***");
        assertThat(new Secrets(List.of("https://ops:pa55-word-of-ops@hooks.example.com/a")).mask("pa55-word-of-ops"))
                .isEqualTo("***");
    }

    @Test
    void shortSecretHidesNoPartOfAnotherWord() {
        Secrets secrets = new Secrets(List.of("postgres", "abc"));

        assertThat(secrets.mask("jdbc:postgresql://db password=postgres abc"))
                .isEqualTo("jdbc:postgresql://db password=*** abc");
    }

    @Test
    void shortSecretStaysInDataAndALongOneDoesNot() {
        Secrets secrets = new Secrets(List.of("id:example", "5ecret0f7hekey"));

        assertThat(secrets.maskInData("https://a.example.com/5ecret0f7hekey/id:example"))
                .isEqualTo("https://a.example.com/***/id:example");
        assertThat(secrets.mask("https://a.example.com/")).isEqualTo("https://a.***.com/");
    }

    @Test
    void secretWithQuotesIsMaskedInJsonToo() {
        assertThat(new Secrets(List.of("a\"b\\c-d-e-f-g")).mask("{\"p\":\"a\\\"b\\\\c-d-e-f-g\"}"))
                .isEqualTo("{\"p\":\"***\"}");
    }

    @Test
    void secretsComeWhileItIsUsedAndBlankOnesHideNothing() {
        Secrets secrets = new Secrets();
        secrets.add("");
        secrets.add("  ");
        assertThat(secrets.mask("a b")).isEqualTo("a b");

        secrets.add("a-token-of-tomorrow");
        assertThat(secrets.mask("<a-token-of-tomorrow>")).isEqualTo("<***>");
        assertThat(secrets).hasToString("***");
    }
}
