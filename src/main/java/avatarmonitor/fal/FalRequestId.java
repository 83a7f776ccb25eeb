package avatarmonitor.fal;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Id of a request in fal's queue: opaque, but safe in a path (docs/fal-contract.md section 1, "Request id"). */
public record FalRequestId(String value) {
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9-]{1,64}");

    public FalRequestId {
        if (!SAFE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a fal request id: " + value);
        }
    }

    /** Parses an id; empty unless the text is 1 to 64 letters, digits and hyphens. */
    public static Optional<FalRequestId> parse(@Nullable String text) {
        return text != null && SAFE.matcher(text).matches() ? Optional.of(new FalRequestId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
