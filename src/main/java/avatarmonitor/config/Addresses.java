package avatarmonitor.config;

import avatarmonitor.config.Format.Refused;
import avatarmonitor.config.Format.Value;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.http.Loopback;
import avatarmonitor.store.JdbcUrl;
import avatarmonitor.text.UntrustedText;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Formats of keys that address other systems. */
final class Addresses {
    private static final Pattern USER_INFO = Pattern.compile("//.*@");
    private static final Pattern LISTEN_HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,252}|[0-9a-fA-F:.]{2,45}");

    private Addresses() {}

    static Format<String> jdbcUrl() {
        Format<String> open = text -> {
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.startsWith("jdbc:h2:mem:")) {
                return new Refused<>(
                        "a database that outlives the process", "use an H2 file: jdbc:h2:file:./data/NAME");
            }
            if (lower.startsWith("postgres:") || lower.startsWith("postgresql:")) {
                return refusedUrl(
                        "put jdbc: before postgresql://host:port/database, user and password into db.user, db.password");
            }
            if (lower.startsWith("jdbc:postgresql:") && USER_INFO.matcher(text).find()) {
                return refusedUrl("move user and password from the URL into db.user and db.password");
            }
            boolean known = text.startsWith("jdbc:postgresql:") || text.startsWith("jdbc:h2:");
            if (!known || text.chars().anyMatch(Character::isISOControl)) {
                return refusedUrl("write it like one of these; other databases are not supported");
            }
            return JdbcUrl.unknownParameters(text).stream()
                    .findFirst()
                    .map(name -> unknownParameter(text, name))
                    .or(() -> JdbcUrl.problem(text)
                            .map(problem -> new Refused<>("a URL that avatar-monitor can work with", problem)))
                    .orElseGet(() -> new Value<>(text));
        };
        return open.masked(text -> JdbcUrl.withoutSecrets(withoutUserInfo(text)), JdbcUrl::secretsIn);
    }

    private static Format.Reading<String> unknownParameter(String url, String name) {
        return new Refused<>(
                "parameters that the driver knows",
                "there is no parameter " + UntrustedText.quoted(name)
                        + Spelling.nearest(name, JdbcUrl.knownParameters(url))
                                .map(near -> ", did you mean " + near + "?")
                                .orElse(": correct or remove it"));
    }

    private static Format.Reading<String> refusedUrl(String advice) {
        return new Refused<>("jdbc:postgresql://host:port/database or jdbc:h2:file:PATH", advice);
    }

    /** Accepts scheme, host and port only: anything else would be sent together with the key. */
    static Format<URI> falBaseUrl() {
        Format<URI> open = text -> {
            URI uri = parse(text);
            String scheme = uri == null || uri.getScheme() == null
                    ? ""
                    : uri.getScheme().toLowerCase(Locale.ROOT);
            if (uri == null || uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
                return refusedBase("write scheme, host and, if needed, port");
            }
            if (uri.getUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                return refusedBase("take away what stands before @ and after ? or #; the key belongs into fal.key");
            }
            if (!uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/")) {
                return refusedBase("take away the path: applications are named by trainings.TYPE.endpoint");
            }
            if (uri.getPort() == 0 || uri.getPort() > 65_535) {
                return refusedBase("choose a port from 1 to 65535");
            }
            if (scheme.equals("http") && !Loopback.is(uri.getHost())) {
                return refusedBase("use https: over http the key would travel in clear (http is for 127.0.0.1 only)");
            }
            return new Value<>(URI.create(scheme + "://" + uri.getRawAuthority()));
        };
        return open.masked(Addresses::withoutUserInfo, text -> List.of());
    }

    /** URL of the public keys; a party that can change the response could sign webhooks. */
    static Format<URI> jwksUrl() {
        return apiUrl("https://rest.fal.ai/.well-known/jwks.json");
    }

    /** URL of a fal API other than the queue: https, or http to loopback. */
    static Format<URI> apiUrl(String example) {
        Format<URI> open = text -> {
            URI uri = parse(text);
            return uri != null && isSafe(uri) && uri.getRawQuery() == null
                    ? new Value<>(uri)
                    : new Refused<>("an address such as " + example, "use https; http is for 127.0.0.1 only");
        };
        return open.masked(Addresses::withoutUserInfo, text -> List.of());
    }

    /**
     * Returns whether it is an address without user and fragment whose connection protects against changes in transit.
     */
    private static boolean isSafe(URI uri) {
        boolean https = "https".equalsIgnoreCase(uri.getScheme());
        return uri.getHost() != null
                && (https || ("http".equalsIgnoreCase(uri.getScheme()) && Loopback.is(uri.getHost())))
                && uri.getRawUserInfo() == null
                && uri.getRawFragment() == null
                && uri.getPort() <= 65_535;
    }

    /** URL to which messages are posted; absent when empty. Path and query may hold a token, so it is never shown. */
    static Format<Optional<URI>> receiverUrl() {
        Format<URI> open = text -> {
            URI uri = parse(text);
            return uri != null && isSafe(uri) && uri.getPort() != 0
                    ? new Value<>(uri)
                    : new Refused<>(
                            "an absolute https URL without user and fragment, such as https://hooks.example.com/alerts?id=1",
                            "copy it again; http is for 127.0.0.1 only: what is posted says who trains what");
        };
        return open.orEmpty().hidden();
    }

    private static Format.Reading<URI> refusedBase(String advice) {
        return new Refused<>("scheme, host and port, such as https://queue.fal.run", advice);
    }

    /** A port; empty to use any free one. */
    static Format<OptionalInt> port() {
        Format<Integer> number = Formats.wholeNumber(0, 65_535);
        return text -> {
            if (text.strip().equalsIgnoreCase("auto")) {
                return new Value<>(OptionalInt.empty());
            }
            return number.read(text) instanceof Value<Integer> port
                    ? new Value<>(OptionalInt.of(port.value()))
                    : new Refused<>("auto or a whole number from 0 to 65535", "write auto, or digits only");
        };
    }

    /** An address or host name of this machine. */
    static Format<String> listenHost() {
        return text -> LISTEN_HOST.matcher(text).matches()
                ? new Value<>(text)
                : new Refused<>(
                        "an address or host name, such as 127.0.0.1 or 0.0.0.0",
                        "leave out http:// and the port, which is http.port");
    }

    /** Id of a trainer as shown at fal.ai, with or without a sub path (docs/fal-contract.md section 1). */
    static Format<String> endpoint() {
        return text -> FalRequest.isEndpoint(text)
                ? new Value<>(text)
                : new Refused<>(
                        "owner/app or owner/app/path, such as fal-ai/flux-lora-portrait-trainer",
                        "copy the id of the trainer from its page at fal.ai, without host and leading slash");
    }

    private static String withoutUserInfo(String text) {
        return USER_INFO.matcher(text).replaceAll("//***@");
    }

    private static @Nullable URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
