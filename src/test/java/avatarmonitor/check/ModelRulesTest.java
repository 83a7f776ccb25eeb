package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.TrainedModel;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.check.ModelRules.Reading;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
                "{\"url\":\"https://files.example.com/a b\"}",
                "{\"url\":\" https://files.example.com/a\"}",
                "{\"url\":\"https://files.example.com/a\\u0000\"}",
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
                "{}",
                "{\"finetune_id\":null}",
                "{\"finetune_id\":\"  \"}",
                "{\"finetune_id\":12}",
                "{\"finetune_id\":[\"a\"]}",
                "{\"finetune_id\":\"a\\nb\"}",
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

    private Reading read(TrainingType type, String output) {
        JsonObject body = JsonParser.parseString(output).getAsJsonObject();
        return rules.read(type, body);
    }
}
