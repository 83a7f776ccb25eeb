package avatarmonitor.fal;

import avatarmonitor.http.Loopback;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The {@code fal.*} keys.
 *
 * @param baseUrl scheme, host and port; the key is sent only there and to {@code historyUrl}
 * @param key null when none is configured: then no request can be sent
 * @param timeout overall timeout of one request, from connecting to the last byte of the answer
 * @param requestsPerSecond rate limit of this worker
 * @param history whether the platform API is searched for a result that the queue has lost
 * @param historyUrl of the platform API; the key is sent there too
 */
public record FalConfig(
        URI baseUrl, @Nullable FalKey key, Duration timeout, int requestsPerSecond, History history, URI historyUrl) {
    private static final URI HISTORY_URL = URI.create("https://api.fal.ai/v1");

    /** Values of {@code fal.history}. */
    public enum History {
        /** On when the key may be sent there; off for a local queue, whose key is none of fal's. */
        AUTO,
        OFF
    }

    /** Without the platform API. */
    public FalConfig(URI baseUrl, @Nullable FalKey key, Duration timeout, int requestsPerSecond) {
        this(baseUrl, key, timeout, requestsPerSecond, History.OFF, HISTORY_URL);
    }

    /**
     * Returns whether the platform API is used: fal's own only with the key of fal's own queue, and a remote one never
     * with that of a local queue.
     */
    boolean usesHistory() {
        if (history == History.OFF) {
            return false;
        }
        if (isLoopback(baseUrl.getHost())) {
            return isLoopback(historyUrl.getHost());
        }
        return isOfFal(baseUrl.getHost()) || !historyUrl.equals(HISTORY_URL);
    }

    private static boolean isOfFal(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("fal.run") || name.endsWith(".fal.run");
    }

    /**
     * Returns what is wrong with a base URL, or empty. It must be {@code https}, because every request carries the key;
     * plain {@code http} is only allowed for a local fal queue on a loopback address.
     */
    public static Optional<String> problemOfBaseUrl(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return Optional.of("must start with https://");
        }
        if (url.getHost() == null || url.getPort() > 65535) {
            return Optional.of("names no usable host and port");
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            return Optional.of("must be scheme, host and port only");
        }
        if (!url.getRawPath().isEmpty() && !url.getRawPath().equals("/")) {
            return Optional.of("must be scheme, host and port only, without a path");
        }
        if (scheme.equals("http") && !isLoopback(url.getHost())) {
            return Optional.of(
                    "plain http is allowed on 127.0.0.1, [::1] and localhost only: it would show the fal key");
        }
        return Optional.empty();
    }

    /** Returns whether this is a local fal queue on plain http, whose files may use plain http too. */
    public boolean isLocal() {
        return "http".equalsIgnoreCase(baseUrl.getScheme()) && isLoopback(baseUrl.getHost());
    }

    private static boolean isLoopback(String host) {
        return Loopback.is(host);
    }
}
