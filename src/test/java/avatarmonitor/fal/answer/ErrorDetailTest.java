package avatarmonitor.fal.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What fal's {@code detail} says, whatever its shape. */
final class ErrorDetailTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "false",
                "0",
                "0.0",
                "\"\"",
                "\" \\n\"",
                "[]",
                "{}",
                "[null,false,0]",
                "{\"a\":[0.0,\"\"]}"
            })
    void nothingIsNoError(String detail) {
        assertThat(ErrorDetail.says(json(detail))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "1", "0.5", "\"false\"", "\"0\"", "\"x\"", "[0,1]", "{\"a\":null,\"b\":\"x\"}"})
    void anythingElseIs(String detail) {
        assertThat(ErrorDetail.says(json(detail))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'[{\"msg\":\"m\",\"type\":\"t\"}]'                    | true  | true",
                "'[{\"message\":\"m\",\"type\":\"t\"}]'                | true  | true",
                "'[5,{\"type\":\"t\",\"msg\":\"m\"}]'                  | true  | true",
                "'[{\"msg\":\"m\"}]'                                   | false | true",
                "'[{\"message\":\"m\"}]'                               | false | true",
                "'[{\"type\":\"t\"}]'                                  | false | false",
                "'[{\"msg\":\"m\"},{\"type\":\"t\"}]'                  | false | true",
                "'[{\"msg\":7,\"type\":\"t\"}]'                        | false | false",
                "'[\"m\"]'                                             | false | false",
                "'{\"msg\":\"m\",\"type\":\"t\"}'                      | false | false",
                "'\"m\"'                                               | false | false",
            })
    void modelErrorIsAListWithAnEntryOfMessageAndType(String detail, boolean modelError, boolean hasMessage) {
        assertThat(ErrorDetail.isModelError(json(detail))).isEqualTo(modelError);
        assertThat(ErrorDetail.hasMessage(json(detail))).isEqualTo(hasMessage);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]'                              | 1; 2; 3; 4; 5",
                "'[{\"msg\":\"a\",\"message\":\"b\"}]'                                | a",
                "'[{\"loc\":[\"a\",1,\"b\",\"c\",\"d\",\"e\"],\"message\":\"no\"}]'  | a.1.b.c.d: no",
                "'[{\"loc\":\"body\",\"msg\":\"no\"}]'                                | no",
                "'{\"input\":\"secret\",\"code\":3}'                                  | {\"code\":3}",
                "'[7,null]'                                                           | 7; null",
            })
    void descriptionListsTheFirstFiveEntries(String detail, String line) {
        assertThat(ErrorDetail.describe(json(detail))).isEqualTo(line);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'[5,{\"type\":\"\"},{\"type\":\"t\"},{\"type\":\"u\"}]' | t",
                "'{\"type\":\"t\"}'                                      | ''",
            })
    void typeIsThatOfTheFirstEntryWithOne(String detail, String type) {
        assertThat(ErrorDetail.type(json(detail))).isEqualTo(type);
    }

    private static JsonElement json(String text) {
        return JsonParser.parseString(text);
    }
}
