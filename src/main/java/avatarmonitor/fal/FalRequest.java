package avatarmonitor.fal;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request in fal's queue.
 *
 * @param endpoint application id as {@code owner/app}, or three parts for {@code workflows/} and {@code comfy/}. A
 *     sub path, which only submit uses, is dropped, because fal answers 405 to it here (docs/fal-contract.md section 1,
 *     "Path rule")
 * @param trainingType for pauses of one type by operators; null when it belongs to no avatar
 */
public record FalRequest(
        String endpoint, FalRequestId id, @Nullable String trainingType) {
    /** Maximum of characters of an endpoint. */
    public static final int ENDPOINT_LENGTH_MAX = 200;

    private static final Pattern PART = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,100}");

    /**
     * Keeps the application of the endpoint.
     *
     * @throws IllegalArgumentException when it has none; {@link #application} checks that beforehand
     */
    public FalRequest {
        String given = endpoint;
        endpoint = application(given)
                .orElseThrow(() -> new IllegalArgumentException("not a fal application (owner/app): " + given));
    }

    /** Creates a request that belongs to no avatar. */
    public FalRequest(String endpoint, FalRequestId id) {
        this(endpoint, id, null);
    }

    /**
     * Returns the {@code owner/app} part of an endpoint as used by submit; empty when it has none or is unsafe in a
     * path.
     */
    public static Optional<String> application(String endpoint) {
        String[] parts = endpoint.split("/", -1);
        int wanted = parts[0].equals("workflows") || parts[0].equals("comfy") ? 3 : 2;
        if (parts.length < wanted) {
            return Optional.empty();
        }
        for (String part : parts) {
            if (!PART.matcher(part).matches()) {
                return Optional.empty();
            }
        }
        return Optional.of(String.join("/", Arrays.copyOf(parts, wanted)));
    }

    /** Returns whether a text is a valid endpoint as shown by fal, with or without a sub path. */
    public static boolean isEndpoint(String text) {
        return text.length() <= ENDPOINT_LENGTH_MAX && application(text).isPresent();
    }

    /** Path of this request below the base URL; both ids need no escaping. */
    String path() {
        return "/" + endpoint + "/requests/" + id;
    }
}
