package avatarmonitor.check.decision;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.OutputPath;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.check.decision.ModelRules.Reading;
import avatarmonitor.testing.Types;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only a complete, well-formed model of the right type is accepted. */
final class ModelRulesTest {
    private final ModelRules rules = new ModelRules(Types.lengths(60, 20), false);
    private static final String GOOD = "{\"url\":\"https://files.example.com/a\"}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "\"https://files.example.com/a\"",
                "[]",
                "{}",
                "{\"url\":null}",
                "{\"url\":\"\"}",
                "{\"url\":7}",
                "{\"url\":{\"url\":\"https://files.example.com/a\"}}",
                "{\"url\":\"files.example.com/a\"}",
                "{\"url\":\"/a\"}",
                "{\"url\":\"https:///a\"}",
                "{\"url\":\"https:a\"}",
                "{\"url\":\"http://files.example.com/a\"}",
                "{\"url\":\"ftp://files.example.com/a\"}",
                "{\"url\":\"javascript:alert(1)\"}",
                "{\"url\":\"https://user:secret@files.example.com/a\"}",
                "{\"url\":\" https://files.example.com/a\"}",
                "{\"url\":\"https://files.example.com/a\\u0000\"}",
                "{\"url\":\"https://files.example.com/a\\nb\"}",
                "{\"url\":\"https://files.example.com/a\\u007f\"}",
                "{\"url\":\"https://files.example.com/a\\u0085\"}",
                "{\"url\":\"https://files.example.com/a\\u202eb\"}",
                "{\"url\":\"https://files.example.com/a\\ufffd\"}",
                "{\"url\":\"https://good.example.com\\\\@evil.example.com/a\"}",
                "{\"url\":\"https://files example.com/a\"}",
                "{\"url\":\"https://@files.example.com/a\"}",
                "{\"url\":\"https://files.example.com:/a\"}",
                "{\"url\":\"https://files.example.com:99999/a\"}",
                "{\"url\":\"https://files.example.com:8x/a\"}",
                "{\"url\":\"https://..example.com/a\"}",
                "{\"url\":\"https://files%2eexample.com/a\"}",
                "{\"url\":\"https://[::1/a\"}",
                "{\"url\":\"https://?a\"}",
                "{\"url\":\"https://files.example.com/a-path-that-does-not-fit-the-column\"}",
            })
    void brokenFileMakesNoPortrait(String file) {
        assertThat(read(Types.PORTRAIT, "{\"diffusers_lora_file\":" + file + ",\"config_file\":" + GOOD + "}"))
                .isInstanceOf(Reading.Unusable.class);
        assertThat(read(Types.PORTRAIT, "{\"config_file\":" + file + ",\"diffusers_lora_file\":" + GOOD + "}"))
                .isInstanceOf(Reading.Unusable.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://my_bucket.s3.amazonaws.com/x",
                "https://files.example.com/my lora.safetensors",
                "https://files.example.com/a[1].bin?h=a|b",
                "https://files.example.com/a?b=c#d{e}^`<>\\",
                "HTTPS://Files.Example.COM/A",
                "https://bücher.example/модель.bin",
                "https://xn--bcher-kva.example/a",
                "https://files.example.com.:443/%zz%20a",
                "https://[2001:db8::1]:8443/a",
                "https://192.0.2.1",
                "https://v3b.fal.media/files/b/panda/a@b:c.safetensors",
            })
    void urlIsStoredAsFalGaveIt(String url) {
        JsonObject file = new JsonObject();
        file.addProperty("url", url);
        JsonObject output = new JsonObject();
        output.add("diffusers_lora_file", file);
        output.add("config_file", file);
        assertThat(rules.read(Types.PORTRAIT, output)).isEqualTo(new Reading.Valid(Types.model(url, url)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"finetune_id\":null}",
                "{\"finetune_id\":\"  \"}",
                "{\"finetune_id\":12}",
                "{\"finetune_id\":[\"a\"]}",
                "{\"finetune_id\":\"a\\nb\"}",
                "{\"finetune_id\":\"a\\ufffdb\"}",
                "{\"finetune_id\":\"longer-than-twenty-characters\"}",
                "{\"id\":\"f1e4776e\"}",
                "{\"request_id\":\"f1e4776e\"}",
            })
    void onlyTheExactFieldMakesAStyle(String output) {
        assertThat(read(Types.STYLE, output)).isInstanceOf(Reading.Unusable.class);
    }

    @Test
    void modelOfTheOtherTypeIsNoModel() {
        assertThat(read(Types.PORTRAIT, "{\"finetune_id\":\"ft-1\"}")).isInstanceOf(Reading.Unusable.class);
    }

    @Test
    void plainHttpPassesOnlyWhereItIsAllowed() {
        String local = "{\"diffusers_lora_file\":{\"url\":\"http://127.0.0.1:8089/a\"},\"config_file\":" + GOOD + "}";
        assertThat(read(Types.PORTRAIT, local)).isInstanceOf(Reading.Unusable.class);
        Reading reading = new ModelRules(Types.lengths(60, 20), true)
                .read(Types.PORTRAIT, JsonParser.parseString(local).getAsJsonObject());
        assertThat(reading)
                .isEqualTo(new Reading.Valid(Types.model("http://127.0.0.1:8089/a", "https://files.example.com/a")));
    }

    @ParameterizedTest
    @CsvSource({"60, true", "61, false"})
    void urlMayBeAsLongAsItsColumn(int length, boolean usable) {
        String url = "https://files.example.com/" + "x".repeat(length - 26);
        assertThat(url).hasSize(length);
        String file = "{\"url\":\"" + url + "\"}";
        for (String output : new String[] {
            "{\"diffusers_lora_file\":" + file + ",\"config_file\":" + GOOD + "}",
            "{\"config_file\":" + file + ",\"diffusers_lora_file\":" + GOOD + "}"
        }) {
            assertThat(read(Types.PORTRAIT, output) instanceof Reading.Valid).isEqualTo(usable);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, true", "20, true", "21, false"})
    void finetuneIdMayBeAsLongAsItsColumn(int length, boolean usable) {
        String output = "{\"finetune_id\":\"" + "f".repeat(length) + "\"}";
        assertThat(read(Types.STYLE, output) instanceof Reading.Valid).isEqualTo(usable);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // the shapes of docs/fal-contract.md section 8, each for both types
                "{'diffusers_lora_file':{'url':'https://a.example/l'},'config_file':{'url':'https://a.example/c'},'debug_preprocessed_output':null}"
                        + " | diffusers_lora_file_url=https://a.example/l config_file_url=https://a.example/c | same",
                "{'lora_file':{'url':'https://a.example/l'},'config_file':{'url':'https://a.example/c'}}"
                        + " | diffusers_lora_file_url=https://a.example/l config_file_url=https://a.example/c | same",
                "{'lora_file':{'url':'https://a.example/x'},'diffusers_lora_file':{'url':'https://a.example/l'},'config_file':{'url':'https://a.example/c'}}"
                        + " | diffusers_lora_file_url=https://a.example/l config_file_url=https://a.example/c | same",
                "{'diffusers_lora_file':{'url':''},'lora_file':{'url':'https://a.example/l'},'config_file':{'url':'https://a.example/c'}}"
                        + " | diffusers_lora_file_url=https://a.example/l config_file_url=https://a.example/c | same",
                "{'finetune_id':'ft-1'} | diffusers_lora_file is missing; the result has the fields finetune_id | finetune_id=ft-1",
                "{'lora_file':{'url':'https://a.example/l'}} | config_file is missing; the result has the fields lora_file | same",
                "{'lora_file':{'url':'https://a.example/l'},'config_file':{}}"
                        + " | config_file.url is missing; the result has the fields lora_file, config_file | same",
                "{'style_id':'s'} | diffusers_lora_file is missing; the result has the fields style_id | finetune_id is missing; the result has the fields style_id",
                "{} | diffusers_lora_file is missing; the result has no fields | finetune_id is missing; the result has no fields",
            })
    void shippedTypesTakeWhatFalsTrainersReturn(String output, String portrait, String style) {
        assertThat(words(read(Types.PORTRAIT, output.replace('\'', '"')))).isEqualTo(portrait);
        assertThat(words(read(Types.STYLE, output.replace('\'', '"'))))
                .isEqualTo(style.equals("same") ? portrait : style);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'adapters':[{'url':'https://a.example/0'}],'failed':[]} | adapters[0].url | lora_url=https://a.example/0",
                "{'adapters':[{'url':'https://a.example/0'}],'failed':[]} | adapters[1].url | adapters[1].url is missing; the result has the fields adapters, failed",
                "{'adapters':{'url':'https://a.example/0'}} | adapters[0].url | adapters[0].url is missing; the result has the fields adapters",
                "{'a':{'b':{'c':'https://a.example/0'}}} | a.b.c | lora_url=https://a.example/0",
                "{'a':{'b':'no URL'}} | a.b | a.b is not an https URL; the result has the fields a",
                "{'a':{'url':'https://a.example/0'}} | a | a is not a text; the result has the fields a",
                "{'a':7} | a | a is not a text; the result has the fields a",
            })
    void pathLeadsToTheValue(String output, String path, String expected) {
        TrainingType type = new TrainingType(
                "video",
                "owner/app",
                List.of(new TrainingType.Output(
                        Map.of("lora_url", OutputPath.parse(path).orElseThrow()))),
                TrainingType.ModelCheck.OFF);
        assertThat(words(read(type, output.replace('\'', '"')))).isEqualTo(expected);
    }

    @Test
    void onlyTwentyFieldsAreNamedEachByItsBeginning() {
        JsonObject many = new JsonObject();
        many.addProperty("\u202ex".repeat(100), 1);
        for (int i = 0; i < 30; i++) {
            many.addProperty("f" + i, 1);
        }
        assertThat(words(rules.read(Types.PORTRAIT, many)))
                .startsWith(
                        "diffusers_lora_file is missing; the result has the fields " + "?x".repeat(30) + ", f0, f1,")
                .endsWith(", f18 and 11 more");
    }

    private static String words(Reading reading) {
        return reading instanceof Reading.Valid valid
                ? valid.model().columns().entrySet().stream()
                        .sorted(Map.Entry.<String, String>comparingByKey().reversed())
                        .map(one -> one.getKey() + "=" + one.getValue())
                        .collect(Collectors.joining(" "))
                : ((Reading.Unusable) reading).reason();
    }

    private Reading read(TrainingType type, String output) {
        JsonObject body = JsonParser.parseString(output).getAsJsonObject();
        return rules.read(type, body);
    }
}
