package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.TrainedModel;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.check.ModelRules.Reading;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing but a whole, well-formed model of the right type passes. */
final class ModelRulesTest {
    private final ModelRules rules = new ModelRules(60, 20, false);
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
        assertThat(read(TrainingType.PORTRAIT, "{\"diffusers_lora_file\":" + file + ",\"config_file\":" + GOOD + "}"))
                .isInstanceOf(Reading.Unusable.class);
        assertThat(read(TrainingType.PORTRAIT, "{\"config_file\":" + file + ",\"diffusers_lora_file\":" + GOOD + "}"))
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
        assertThat(rules.read(TrainingType.PORTRAIT, output))
                .isEqualTo(new Reading.Valid(new TrainedModel.Portrait(url, url)));
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
        assertThat(read(TrainingType.STYLE, output)).isInstanceOf(Reading.Unusable.class);
    }

    @Test
    void modelOfTheOtherTypeIsNoModel() {
        assertThat(read(TrainingType.PORTRAIT, "{\"finetune_id\":\"ft-1\"}")).isInstanceOf(Reading.Unusable.class);
        assertThat(read(TrainingType.STYLE, "{\"diffusers_lora_file\":" + GOOD + ",\"config_file\":" + GOOD + "}"))
                .isInstanceOf(Reading.Unusable.class);
    }

    @Test
    void plainHttpPassesOnlyWhereItIsAllowed() {
        String local = "{\"diffusers_lora_file\":{\"url\":\"http://127.0.0.1:8089/a\"},\"config_file\":" + GOOD + "}";
        assertThat(read(TrainingType.PORTRAIT, local)).isInstanceOf(Reading.Unusable.class);
        Reading reading = new ModelRules(60, 20, true)
                .read(TrainingType.PORTRAIT, JsonParser.parseString(local).getAsJsonObject());
        assertThat(reading)
                .isInstanceOfSatisfying(
                        Reading.Valid.class,
                        valid -> assertThat(valid.model()).isInstanceOf(TrainedModel.Portrait.class));
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
            assertThat(read(TrainingType.PORTRAIT, output) instanceof Reading.Valid)
                    .isEqualTo(usable);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, true", "20, true", "21, false"})
    void finetuneIdMayBeAsLongAsItsColumn(int length, boolean usable) {
        String output = "{\"finetune_id\":\"" + "f".repeat(length) + "\"}";
        assertThat(read(TrainingType.STYLE, output) instanceof Reading.Valid).isEqualTo(usable);
    }

    private Reading read(TrainingType type, String output) {
        JsonObject body = JsonParser.parseString(output).getAsJsonObject();
        return rules.read(type, body);
    }
}
