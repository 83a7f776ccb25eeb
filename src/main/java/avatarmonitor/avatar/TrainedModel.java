package avatarmonitor.avatar;

import java.util.Map;
import java.util.Set;

/** A model that fal returned and that passed validation; the only thing that can make an avatar COMPLETED. */
public sealed interface TrainedModel {
    /** Every column that some model fills; those that this model does not fill become NULL. */
    Set<String> COLUMNS = Set.of("diffusers_lora_file_url", "config_file_url", "finetune_id");

    /** The columns that this model fills, with their values; at least one. */
    Map<String, String> columns();

    /**
     * Fills {@code diffusers_lora_file_url} and {@code config_file_url} with the URLs as fal gave them; {@code finetune_id} becomes NULL.
     */
    record Portrait(String loraFile, String configFile) implements TrainedModel {
        @Override
        public Map<String, String> columns() {
            return Map.of("diffusers_lora_file_url", loraFile, "config_file_url", configFile);
        }
    }

    /** Fills {@code finetune_id}; both URL columns become NULL. */
    record Style(String finetuneId) implements TrainedModel {
        @Override
        public Map<String, String> columns() {
            return Map.of("finetune_id", finetuneId);
        }
    }
}
