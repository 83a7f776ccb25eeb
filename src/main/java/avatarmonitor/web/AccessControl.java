package avatarmonitor.web;

import avatarmonitor.background.AtMostEvery;
import avatarmonitor.event.Actor;
import avatarmonitor.http.Loopback;
import avatarmonitor.web.HttpConfig.TokenForReading;
import avatarmonitor.web.Route.Access;
import avatarmonitor.web.access.FailedTokens;
import avatarmonitor.web.access.NamedToken;
import avatarmonitor.web.access.NamedToken.Role;
import avatarmonitor.web.access.ProxyHeaders;
import avatarmonitor.web.access.TokenBook;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access control. Immune to cross-site request forgery: the token is sent in a header that foreign pages cannot set,
 * and never in a cookie.
 */
final class AccessControl {
    private static final Logger log = LoggerFactory.getLogger(AccessControl.class);

    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    private final HttpConfig config;
    private final TokenBook tokens;
    private final LongSupplier nanos;
    private final FailedTokens failed = new FailedTokens();
    private final AtMostEvery failedLog;

    /** @param nanos a monotonic clock */
    AccessControl(HttpConfig config, LongSupplier nanos) {
        this.config = config;
        this.tokens = config.tokens();
        this.nanos = nanos;
        this.failedLog = new AtMostEvery(AtMostEvery.MINUTE, nanos);
    }

    /** Result of the access check. */
    sealed interface Admission {
        record Admitted(Actor caller) implements Admission {}

        record Refused(Answer answer) implements Admission {}
    }

    /**
     * Decides about one request.
     *
     * @param address of the connection
     */
    Admission admit(Access access, HttpFields headers, String address) {
        boolean forwarded = ProxyHeaders.in(headers);
        String caller = address(headers, address, forwarded);
        if (access == Access.OPEN) {
            return admitted(Actor.ANONYMOUS, headers, caller);
        }
        boolean here = config.loopback() && !forwarded;
        // To a browser a foreign page whose name resolves to 127.0.0.1 belongs to this machine; the Host header reveals
        // it (DNS rebinding).
        if (here && !Loopback.is(hostOf(headers.get("Host")))) {
            return refused(
                    421, "Misdirected request", "the Host header must name this machine: use 127.0.0.1 or localhost");
        }
        if (fromForeignPage(headers)) {
            return forbidden("a page of another site asked for this");
        }
        if (access == Access.CHANGE && config.readOnly()) {
            return forbidden("http.read-only is set");
        }
        boolean free = access == Access.READ && here && config.tokenForReading() == TokenForReading.AUTO;
        return free ? admitted(Actor.ANONYMOUS, headers, caller) : byToken(access, headers, caller);
    }

    private Admission byToken(Access access, HttpFields headers, String caller) {
        if (access == Access.CHANGE && !tokens.anyOperates()) {
            return forbidden("set http.token to change anything over HTTP");
        }
        if (tokens.isEmpty()) {
            return forbidden("the call came through a proxy: set http.token");
        }
        List<String> given = headers.getValuesList("Authorization");
        if (given.isEmpty()) {
            return unauthorized(
                    "send the header Authorization: Bearer TOKEN, where TOKEN is http.token or one of http.tokens-file");
        }
        long now = nanos.getAsLong();
        Duration wait = failed.refusedFor(caller, now);
        if (!wait.isZero()) {
            return new Admission.Refused(Answer.problem(
                    429,
                    "Too many wrong tokens",
                    "more than " + FailedTokens.FAILURES_MAX + " within a minute from this address",
                    Map.of("Retry-After", String.valueOf(wait.toSeconds() + 1))));
        }
        Optional<NamedToken> token = given.size() == 1 ? tokens.find(given.get(0)) : Optional.empty();
        if (token.isEmpty()) {
            failed.failed(caller, now);
            if (failedLog.due()) {
                log.warn("wrong token, logged at most once a minute caller={}", caller);
            }
            return unauthorized("the token is not the one of http.token, nor one of http.tokens-file");
        }
        if (access == Access.CHANGE && token.get().role() != Role.OPERATE) {
            return forbidden("the token " + token.get().name() + " has the role read: it changes nothing");
        }
        return admitted(token.get().name(), headers, caller);
    }

    private static Admission admitted(String name, HttpFields headers, String caller) {
        String channel = headers.contains("Sec-Fetch-Site") ? "page" : "api";
        return new Admission.Admitted(new Actor(name, channel, caller));
    }

    private static Admission unauthorized(String detail) {
        return new Admission.Refused(Answer.problem(
                401, "Token needed", detail, Map.of("WWW-Authenticate", "Bearer realm=\"avatar-monitor\"")));
    }

    private static Admission forbidden(String detail) {
        return refused(403, "Forbidden", detail);
    }

    private static Admission refused(int status, String title, String detail) {
        return new Admission.Refused(Answer.problem(status, title, detail));
    }

    /**
     * All callers behind a proxy on this machine have the proxy's address, so the forwarded one is added; from
     * elsewhere that header is not trusted.
     */
    private static String address(HttpFields headers, String address, boolean forwarded) {
        String seen = forwarded && Loopback.is(address) ? ProxyHeaders.nearestCaller(headers) : "";
        return seen.isEmpty() ? address : address + " " + seen;
    }

    /** Browsers report the origin of a request; other clients send no such headers. */
    private static boolean fromForeignPage(HttpFields headers) {
        List<String> sites = headers.getValuesList("Sec-Fetch-Site");
        if (!sites.isEmpty()) {
            return !OWN_SITE.containsAll(sites);
        }
        List<String> origins = headers.getValuesList("Origin");
        String host = headers.get("Host");
        return origins.stream()
                .anyMatch(origin ->
                        host == null || !origin.replaceFirst("^https?://", "").equalsIgnoreCase(host));
    }

    private static String hostOf(@Nullable String header) {
        return header == null ? "" : header.replaceFirst(":\\d{1,5}$", "");
    }
}
