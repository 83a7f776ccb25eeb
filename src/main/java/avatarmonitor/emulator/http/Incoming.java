package avatarmonitor.emulator.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request as the caller meant it: a call through {@code /proxy} is already converted to the call of its
 * target.
 *
 * @param site host of fal that a call through {@code /proxy} is meant for; null when it is no host of fal, or for
 *     other calls
 * @param path as sent, not decoded
 * @param body empty for a file, which is not read here
 * @param origin scheme, host and port that the caller used or meant
 * @param reached scheme, host and port at which the caller reached the emulator itself
 * @param authorization value of the header, or null
 * @param proxied whether it came through {@code /proxy}
 */
public record Incoming(
        String method,
        @Nullable Site site,
        String path,
        Map<String, List<String>> query,
        String body,
        String origin,
        String reached,
        @Nullable String authorization,
        boolean proxied) {
    private static final int MOST_BODY_BYTES = 1024 * 1024;
    private static final int MOST_PARAMETERS = 200;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:\\[\\]_-]{1,255}");
    private static final String PROXY = "/proxy";
    private static final String TARGET = "X-Fal-Target-Url";

    /**
     * Reads the call with its body.
     *
     * @param fallback origin of a caller that sends no usable Host header
     * @throws BadInputException when the body is too long or the target of a proxied call is no valid address
     */
    public static Incoming read(HttpExchange exchange, String fallback) throws IOException {
        URI called = exchange.getRequestURI();
        String host = exchange.getRequestHeaders().getFirst("Host");
        String reached = host != null && HOST.matcher(host).matches() ? "http://" + host : fallback;
        String origin = reached;
        Site site = null;
        boolean proxied = called.getPath().equals(PROXY) || called.getPath().equals(PROXY + "/");
        if (proxied) {
            called = target(exchange.getRequestHeaders().getFirst(TARGET));
            origin = called.getScheme() + "://" + called.getRawAuthority();
            site = Site.of(called.getHost());
        }
        String path = called.getRawPath().isEmpty() ? "/" : called.getRawPath();
        return new Incoming(
                exchange.getRequestMethod(),
                site,
                path,
                query(called.getRawQuery()),
                path.startsWith(Route.FILES) ? "" : body(exchange.getRequestBody()),
                origin,
                reached,
                exchange.getRequestHeaders().getFirst("Authorization"),
                proxied);
    }

    /** Returns the first value of a query parameter, or null. */
    @Nullable
    public String parameter(String name) {
        List<String> values = query.get(name);
        return values == null ? null : values.get(0);
    }

    /** Omits the key, and the query, which may hold the token of a webhook. */
    @Override
    public String toString() {
        return "Incoming[method=" + method + ", path=" + path + ", proxied=" + proxied + "]";
    }

    private static String body(InputStream stream) throws IOException {
        byte[] body = stream.readNBytes(MOST_BODY_BYTES + 1);
        if (body.length > MOST_BODY_BYTES) {
            throw new BadInputException(413, "body: expected at most " + MOST_BODY_BYTES + " bytes");
        }
        return new String(body, StandardCharsets.UTF_8);
    }

    private static URI target(@Nullable String header) {
        if (header != null) {
            try {
                URI target = URI.create(header);
                if (target.getHost() != null
                        && ("https".equals(target.getScheme()) || "http".equals(target.getScheme()))) {
                    return target;
                }
            } catch (IllegalArgumentException notAnAddress) {
                // Rejected below like every other unusable header.
            }
        }
        throw new BadInputException("/proxy: expected the header x-fal-target-url with an absolute http(s) URL");
    }

    private static Map<String, List<String>> query(@Nullable String raw) {
        Map<String, List<String>> query = new HashMap<>();
        if (raw == null) {
            return query;
        }
        for (String pair : raw.split("&", MOST_PARAMETERS)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            query.computeIfAbsent(decode(name), any -> new ArrayList<>(1))
                    .add(equals < 0 ? "" : decode(pair.substring(equals + 1)));
        }
        return query;
    }

    /** Decodes a component. Cannot fail: the JDK server has already rejected URIs with broken escapes with 400. */
    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
