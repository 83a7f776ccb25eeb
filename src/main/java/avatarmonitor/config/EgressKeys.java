package avatarmonitor.config;

import avatarmonitor.http.Egress;
import avatarmonitor.http.EgressConfig;
import avatarmonitor.http.NoProxy;
import avatarmonitor.http.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of outgoing connections: {@code fal.proxy}, {@code http-client.*} and the proxy variables of the
 * environment.
 */
record EgressKeys(Map<String, String> environment, List<Problem> problems) {
    /** Lower case takes precedence, as in curl. */
    private static final List<String> PROXY_VARIABLES = List.of("https_proxy", "HTTPS_PROXY");

    private static final List<String> NO_PROXY_VARIABLES = List.of("no_proxy", "NO_PROXY");
    private static final Pattern USER_INFO = Pattern.compile("(?s)\\A((?:\\w+://)?).*@");
    private static final Pattern SCHEME = Pattern.compile("(?i)\\A([a-z][a-z0-9+.-]*)://");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]");

    private static final String EXPECTED =
            "http://host:port of an HTTP proxy, with user:password@ before the host if it asks";

    /**
     * Value of {@code fal.proxy}.
     *
     * @param direct whether the proxy variables of the environment are ignored
     * @param own proxy of requests to fal alone; null for none
     */
    private record Choice(boolean direct, @Nullable Proxy own) {}

    /** @param directory base of relative paths */
    EgressConfig read(ConfigReader values, Path directory) {
        Choice choice = values.take("fal.proxy", choice());
        List<X509Certificate> authorities = values.take("http-client.ca-file", Authorities.format(directory));
        String variable = firstSet(PROXY_VARIABLES);
        Proxy usual = variable == null || choice.direct() ? null : ofEnvironment(variable);
        if (variable != null) {
            secretsIn(environment.getOrDefault(variable, "")).forEach(values.secrets()::add);
        }
        String exceptions = firstSet(NO_PROXY_VARIABLES);
        NoProxy except = exceptions == null ? NoProxy.NONE : NoProxy.parse(environment.getOrDefault(exceptions, ""));
        Egress others = new Egress(usual, except, authorities);
        Egress fal = choice.own() == null ? others : new Egress(choice.own(), NoProxy.NONE, authorities);
        return new EgressConfig(fal, others, shown(fal, others, variable, except, authorities));
    }

    private static String shown(
            Egress fal, Egress others, @Nullable String variable, NoProxy except, List<X509Certificate> authorities) {
        String usual = others.proxy() == null
                ? "directly"
                : "by " + others.proxy() + " (" + RawValue.variable(String.valueOf(variable))
                        + (except.entries().isEmpty()
                                ? ""
                                : ", but " + except.entries().size() + " exceptions") + ")";
        String ways = fal.equals(others)
                ? "requests leave " + usual
                : "requests to fal leave by " + fal.proxy() + " (fal.proxy), others " + usual;
        return authorities.isEmpty()
                ? ways
                : ways + "; trusted besides Java's own: " + authorities.size() + " certificates";
    }

    private @Nullable String firstSet(List<String> names) {
        return names.stream()
                .filter(name -> !environment.getOrDefault(name, "").isBlank())
                .findFirst()
                .orElse(null);
    }

    private @Nullable Proxy ofEnvironment(String variable) {
        Optional<Proxy> proxy = proxy(environment.getOrDefault(variable, ""));
        if (proxy.isEmpty()) {
            problems.add(new Problem(
                    variable, "environment", EXPECTED, "correct it, or set fal.proxy = none to use no proxy at all"));
        }
        return proxy.orElse(null);
    }

    private static Format<Choice> choice() {
        Format<Choice> open = Format.of(
                text -> switch (text.strip().toLowerCase(Locale.ROOT)) {
                    case "", "auto" -> Optional.of(new Choice(false, null));
                    case "none" -> Optional.of(new Choice(true, null));
                    default -> proxy(text).map(own -> new Choice(false, own));
                },
                "auto, none, or " + EXPECTED,
                "write scheme, host and port; other kinds, such as socks and https proxies, are not supported");
        return open.masked(text -> USER_INFO.matcher(text).replaceFirst("$1***@"), EgressKeys::secretsIn);
    }

    private static List<String> secretsIn(String text) {
        return proxy(text)
                .filter(proxy -> !proxy.user().isEmpty())
                .map(proxy -> List.of(proxy.user() + ":" + proxy.password(), proxy.password()))
                .orElse(List.of());
    }

    /** Parses a proxy URL; empty when it is none. The default scheme is http; user and password are decoded. */
    private static Optional<Proxy> proxy(String text) {
        String url = SCHEME.matcher(text.strip()).find() ? text.strip() : "http://" + text.strip();
        try {
            URI uri = new URI(url);
            String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
            int at = authority.lastIndexOf('@');
            String address = authority.substring(at + 1);
            int colon = address.lastIndexOf(':');
            String port = address.substring(colon + 1);
            if (!"http".equalsIgnoreCase(uri.getScheme())
                    || colon < 1
                    || !port.matches("\\d{1,5}")
                    || !HOST.matcher(address.substring(0, colon)).matches()
                    || Integer.parseInt(port) < 1
                    || Integer.parseInt(port) > 65_535
                    || !(uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null) {
                return Optional.empty();
            }
            String[] login = (at < 0 ? "" : authority.substring(0, at)).split(":", 2);
            return Optional.of(new Proxy(
                    address.substring(0, colon),
                    Integer.parseInt(port),
                    decoded(login[0]),
                    login.length == 1 ? "" : decoded(login[1])));
        } catch (URISyntaxException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
