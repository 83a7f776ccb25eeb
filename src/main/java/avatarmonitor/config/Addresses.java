package avatarmonitor.config;

import avatarmonitor.config.Format.Refused;
import avatarmonitor.config.Format.Value;
import avatarmonitor.fal.FalConfig;
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

/** Formats of keys that address other systems. */
final class Addresses {
    private static final Pattern USER_INFO = Pattern.compile("//.*@");

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

    /** Base URL of fal's queue, see {@link FalConfig#problemOfBaseUrl}. */
    static Format<URI> falBaseUrl() {
        Format<URI> open = text -> {
            URI uri = parse(text).orElse(URI.create(""));
            return FalConfig.problemOfBaseUrl(uri)
                    .<Format.Reading<URI>>map(
                            advice -> new Refused<>("scheme, host and port, such as https://queue.fal.run", advice))
                    .orElseGet(() -> new Value<>(
                            URI.create(uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getRawAuthority())));
        };
        return open.masked(Addresses::withoutUserInfo, text -> List.of());
    }

    /** URL of the public keys; a party that can change the response could sign webhooks. */
    static Format<URI> jwksUrl() {
        return apiUrl("https://rest.fal.ai/.well-known/jwks.json");
    }

    /** URL of a fal API other than the queue: https, or http to loopback. */
    static Format<URI> apiUrl(String example) {
        Format<URI> open = Format.of(
                text -> parse(text).filter(Addresses::isSafe).filter(uri -> uri.getRawQuery() == null),
                "an address such as " + example,
                "use https; http is for 127.0.0.1 only");
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
        Format<URI> open = Format.of(
                text -> parse(text).filter(Addresses::isSafe).filter(uri -> uri.getPort() != 0),
                "an absolute https URL without user and fragment, such as https://hooks.example.com/alerts?id=1",
                "copy it again; http is for 127.0.0.1 only: what is posted says who trains what");
        return open.orEmpty().hidden();
    }

    /** A port; empty to use any free one. */
    static Format<OptionalInt> port() {
        Format<Integer> number = Formats.wholeNumber(0, 65_535);
        return Format.of(
                text -> text.strip().equalsIgnoreCase("auto")
                        ? Optional.of(OptionalInt.empty())
                        : number.valueOf(text).map(OptionalInt::of),
                "auto or a whole number from 0 to 65535",
                "write auto, or digits only");
    }

    /** An address or host name of this machine. */
    static Format<String> listenHost() {
        return Formats.matching(
                "[A-Za-z0-9][A-Za-z0-9.-]{0,252}|[0-9a-fA-F:.]{2,45}",
                "an address or host name, such as 127.0.0.1 or 0.0.0.0",
                "leave out http:// and the port, which is http.port");
    }

    /** Id of a trainer as shown at fal.ai, with or without a sub path (docs/fal-contract.md section 1). */
    static Format<String> endpoint() {
        return Format.where(
                FalRequest::isEndpoint,
                "owner/app or owner/app/path, such as fal-ai/flux-lora-portrait-trainer",
                "copy the id of the trainer from its page at fal.ai, without host and leading slash");
    }

    private static String withoutUserInfo(String text) {
        return USER_INFO.matcher(text).replaceAll("//***@");
    }

    private static Optional<URI> parse(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
