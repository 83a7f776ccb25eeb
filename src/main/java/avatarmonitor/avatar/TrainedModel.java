package avatarmonitor.avatar;

import java.net.URI;

/** A model that fal returned and that passed validation; the only thing that can make an avatar COMPLETED. */
public sealed interface TrainedModel {

    /** Fills {@code diffusers_lora_file_url} and {@code config_file_url}; {@code finetune_id} becomes NULL. */
    record Portrait(URI loraFile, URI configFile) implements TrainedModel {}

    /** Fills {@code finetune_id}; both URL columns become NULL. */
    record Style(String finetuneId) implements TrainedModel {}
}
