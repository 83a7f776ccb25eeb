package avatarmonitor.demo;

import org.jspecify.annotations.Nullable;

/** A trained model as it stands in an avatar's row. */
record Model(
        @Nullable String loraUrl,
        @Nullable String configUrl,
        @Nullable String finetuneId) {
    static final Model NONE = new Model(null, null, null);

    /** Where the emulator's models are; example.com is reserved, so they can never be served or fetch them. */
    private static final String HOST = "https://fal-emulator.example.com/files/";

    /** The model of exactly this request: the files that both trainers of the demo answer. */
    static Model of(String requestId) {
        return new Model(
                HOST + requestId + "/pytorch_lora_weights.safetensors", HOST + requestId + "/config.json", null);
    }

    String words() {
        return equals(NONE) ? "no model" : "model of its request";
    }
}
