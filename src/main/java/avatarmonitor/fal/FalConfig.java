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

    /**
     * Returns whether the platform API is used: fal's own only with the key of fal's own queue, and a remote one never
     * with that of a local queue.
     */
    boolean usesHistory() {
        if (history == History.OFF) {
            return false;
        }
        if (Loopback.is(baseUrl.getHost())) {
            return Loopback.is(historyUrl.getHost());
        }
        return isOfFal(baseUrl.getHost()) || !historyUrl.equals(HISTORY_URL);
    }

    private static boolean isOfFal(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("fal.run") || name.endsWith(".fal.run");
    }

    /**
     * Returns what to do about a base URL that cannot be used, or empty. It is scheme, host and port only, since
     * anything else would be sent together with the key, and {@code https}, because every request carries the key;
     * plain {@code http} is only allowed for a local fal queue on a loopback address.
     */
    public static Optional<String> problemOfBaseUrl(URI url) {
        boolean http = "http".equalsIgnoreCase(url.getScheme());
        if (url.getHost() == null || !(http || "https".equalsIgnoreCase(url.getScheme()))) {
            return Optional.of("write scheme, host and, if needed, port");
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            return Optional.of("take away what stands before @ and after ? or #; the key belongs into fal.key");
        }
        if (!url.getRawPath().isEmpty() && !url.getRawPath().equals("/")) {
            return Optional.of("take away the path: applications are named by trainings.TYPE.endpoint");
        }
        if (url.getPort() == 0 || url.getPort() > 65_535) {
            return Optional.of("choose a port from 1 to 65535");
        }
        return http && !Loopback.is(url.getHost())
                ? Optional.of("use https: over http the key would travel in clear (http is for 127.0.0.1 only)")
                : Optional.empty();
    }

    /** Returns whether this is a local fal queue on plain http, whose files may use plain http too. */
    public boolean isLocal() {
        return "http".equalsIgnoreCase(baseUrl.getScheme()) && Loopback.is(baseUrl.getHost());
    }
}
