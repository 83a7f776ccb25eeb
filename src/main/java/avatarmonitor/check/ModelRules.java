package avatarmonitor.check;

import avatarmonitor.avatar.TrainedModel;
import avatarmonitor.avatar.TrainingType;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What makes fal's output a usable model (docs/decision-table.md row 6, docs/fal-contract.md section 6).
 *
 * @param urlLengthMax longest URL that both URL columns hold
 * @param finetuneIdLengthMax longest id that the column holds
 * @param plainHttpAllowed only for a local fal queue
 */
public record ModelRules(int urlLengthMax, int finetuneIdLengthMax, boolean plainHttpAllowed) {

    /** A model, or what is wrong with the output. */
    sealed interface Reading {
        record Valid(TrainedModel model) implements Reading {}

        record Unusable(String reason) implements Reading {}
    }

    Reading read(TrainingType type, JsonObject output) {
        return switch (type) {
            case PORTRAIT -> portrait(output);
            case STYLE -> style(output);
        };
    }

    private Reading portrait(JsonObject output) {
        try {
            return new Reading.Valid(
                    new TrainedModel.Portrait(url(output, "diffusers_lora_file"), url(output, "config_file")));
        } catch (UnusableModel e) {
            return new Reading.Unusable(e.reason);
        }
    }

    private Reading style(JsonObject output) {
        String id = text(output.get("finetune_id"));
        if (id == null || id.isBlank()) {
            return new Reading.Unusable("finetune_id is missing");
        }
        if (id.length() > finetuneIdLengthMax) {
            return new Reading.Unusable("finetune_id is longer than " + finetuneIdLengthMax + " characters");
        }
        if (id.codePoints().anyMatch(character -> Character.isISOControl(character) || character == 0xfffd)) {
            return new Reading.Unusable("finetune_id has control or unreadable characters");
        }
        return new Reading.Valid(new TrainedModel.Style(id));
    }

    private String url(JsonObject output, String field) throws UnusableModel {
        String name = field + ".url";
        if (!(output.get(field) instanceof JsonObject file)) {
            throw new UnusableModel(field + " is missing");
        }
        String text = text(file.get("url"));
        if (text == null || text.isBlank()) {
            throw new UnusableModel(name + " is missing");
        }
        if (text.length() > urlLengthMax) {
            throw new UnusableModel(name + " is longer than " + urlLengthMax + " characters");
        }
        Optional<String> problem = ModelUrl.problem(text, plainHttpAllowed);
        if (problem.isPresent()) {
            throw new UnusableModel(name + " " + problem.get());
        }
        return text;
    }

    private static @Nullable String text(@Nullable JsonElement element) {
        return element instanceof JsonPrimitive primitive && primitive.isString() ? primitive.getAsString() : null;
    }

    /** Leaves {@link #url} with the reason why there is none. */
    private static final class UnusableModel extends Exception {
        private static final long serialVersionUID = 1L;
        private final String reason;

        UnusableModel(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }
}
