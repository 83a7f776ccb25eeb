package avatarmonitor.web.access;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

/**
 * Detects headers of a proxy, a load balancer or a tunnel: the caller is then not on this machine, although the
 * connection is local.
 */
public final class ProxyHeaders {
    private static final List<String> PREFIXES = List.of(
            "x-forwarded",
            "x-original-",
            "x-real-",
            "x-client-",
            "x-cluster-client-",
            "x-remote-",
            "x-envoy-",
            "x-amz-",
            "x-amzn-",
            "x-azure-",
            "x-appengine-",
            "x-vercel-",
            "x-arr-",
            "x-ssl-",
            "ssl-client-",
            "x-auth-request-",
            "x-webauth-",
            "x-varnish",
            "x-akamai-",
            "akamai-",
            "fastly-",
            "cloudfront-",
            "cf-",
            "tailscale-",
            "ngrok-");

    private static final Set<String> NAMES = Set.of(
            "forwarded",
            "forwarded-for",
            "via",
            "client-ip",
            "true-client-ip",
            "x-originating-ip",
            "x-host",
            "x-scheme",
            "x-proto",
            "x-url-scheme",
            "x-rewrite-url",
            "x-proxyuser-ip",
            "front-end-https",
            "cdn-loop",
            "max-forwards",
            "remote-user",
            "proxy-connection",
            "proxy-authorization");

    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

    private ProxyHeaders() {}

    public static boolean in(HttpFields headers) {
        for (HttpField header : headers) {
            String name = header.getLowerCaseName();
            if (NAMES.contains(name) || PREFIXES.stream().anyMatch(name::startsWith)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the client address seen by the nearest proxy, which clients cannot forge; empty when there is none. */
    public static String nearestCaller(HttpFields headers) {
        List<String> values = headers.getValuesList("X-Forwarded-For");
        String all = values.isEmpty() ? "" : values.get(values.size() - 1);
        String last = all.substring(all.lastIndexOf(',') + 1).strip().toLowerCase(Locale.ROOT);
        return ADDRESS.matcher(last).matches() ? last : "";
    }
}
