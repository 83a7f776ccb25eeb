package avatarmonitor.fal;

import com.google.gson.JsonElement;
import org.jspecify.annotations.Nullable;

/** What fal's platform API says about one request: a second source for a result that the queue no longer has, never the only one. */
public sealed interface HistoryAnswer {

    /**
     * The request is over.
     *
     * @param code the model's own status code; 200 for a success
     * @param output what the model returned; null when fal did not keep it
     */
    record Ended(int code, @Nullable JsonElement output) implements HistoryAnswer {
        /** What the output says went wrong, in one bounded line; empty when it says nothing. */
        public String complaint() {
            return output == null || !output.isJsonObject() ? "" : ErrorDetail.complaint(output.getAsJsonObject());
        }
    }

    /** It is listed and not over. */
    record Running() implements HistoryAnswer {}

    /** It is not listed, or the API cannot be asked: not configured, or the key may not. */
    record Absent() implements HistoryAnswer {}

    /** No usable answer; may pass by itself. */
    record Unclear(String detail) implements HistoryAnswer {}
}
