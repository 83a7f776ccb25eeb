package avatarmonitor.demo;

import org.jspecify.annotations.Nullable;

/** Model columns of an avatar's row. */
record Model(
        @Nullable String loraUrl,
        @Nullable String configUrl,
        @Nullable String finetuneId) {
    static final Model NONE = new Model(null, null, null);

    /** Base URL of the emulator's models. The domain example.com is reserved, so no such URL can be fetched. */
    private static final String HOST = "https://fal-emulator.example.com/files/";

    /** Returns the model of this request: the files that both trainers of the demo return. */
    static Model of(String requestId) {
        return new Model(
                HOST + requestId + "/pytorch_lora_weights.safetensors", HOST + requestId + "/config.json", null);
    }

    String words() {
        return equals(NONE) ? "no model" : "model of its request";
    }
}
