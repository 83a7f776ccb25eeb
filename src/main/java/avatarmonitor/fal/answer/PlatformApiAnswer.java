package avatarmonitor.fal.answer;

import com.google.gson.JsonElement;
import org.jspecify.annotations.Nullable;

/**
 * Answer of fal's platform API about one request: a second source for a result that the queue no longer has, never the
 * only one.
 */
public sealed interface PlatformApiAnswer {

    /**
     * The request is over.
     *
     * @param code the model's own status code; 200 for a success
     * @param output the model's output; null when fal did not keep it
     */
    record Ended(int code, @Nullable JsonElement output) implements PlatformApiAnswer {
        /** Returns the error that the output reports, in one line of bounded length; empty when it reports none. */
        public String complaint() {
            return output == null || !output.isJsonObject() ? "" : ErrorDetail.complaint(output.getAsJsonObject());
        }
    }

    /** The request is listed and not over. */
    record Running() implements PlatformApiAnswer {}

    /** The request is not listed, or the API is not available: not configured, or not permitted. */
    record Absent() implements PlatformApiAnswer {}

    /** No usable answer; may be temporary. */
    record Unclear(String detail) implements PlatformApiAnswer {}
}
