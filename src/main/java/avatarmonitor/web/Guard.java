package avatarmonitor.web;

import avatarmonitor.web.Route.Access;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may do what. A browser cannot be made to act for somebody else: the token travels in a header that no foreign page can set, and
 * never in a cookie.
 */
final class Guard {
    private static final Logger log = LoggerFactory.getLogger(Guard.class);

    private static final long LOG_PAUSE_NANOS = 60_000_000_000L;

    /** What proxies add: whoever calls is then not on this machine, though the connection is. */
    private static final List<String> FORWARDED =
            List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    private final HttpConfig config;
    private final AtomicLong loggedNanos = new AtomicLong(System.nanoTime() - LOG_PAUSE_NANOS);

    Guard(HttpConfig config) {
        this.config = config;
    }

    /** Why this call is refused; empty when it may go on. */
    Optional<Answer> refusal(Access access, HttpFields headers, String caller) {
        if (access == Access.OPEN) {
            return Optional.empty();
        }
        boolean here = config.loopback() && FORWARDED.stream().noneMatch(headers::contains);
        // A foreign page whose name resolves to 127.0.0.1 is a page of this machine to the browser, not to us.
        if (here && !HttpConfig.isLoopback(hostOf(headers.get("Host")))) {
            return Optional.of(Answer.problem(
                    421, "Misdirected request", "the Host header must name this machine: use 127.0.0.1 or localhost"));
        }
        return access == Access.CHANGE
                ? refusedChange(headers, caller)
                : here ? Optional.empty() : refusedToken(headers, caller);
    }

    private Optional<Answer> refusedChange(HttpFields headers, String caller) {
        if (fromForeignPage(headers)) {
            return forbidden("a page of another site asked for this");
        }
        if (config.readOnly()) {
            return forbidden("http.read-only is set");
        }
        if (config.token() == null) {
            return forbidden("set http.token to change anything over HTTP");
        }
        return refusedToken(headers, caller);
    }

    private Optional<Answer> refusedToken(HttpFields headers, String caller) {
        AccessToken token = config.token();
        if (token == null) {
            return forbidden("the call came through a proxy: set http.token");
        }
        String given = headers.get("Authorization");
        if (token.isIn(given)) {
            return Optional.empty();
        }
        if (given != null) {
            logAtTimes(caller);
        }
        return Optional.of(Answer.problem(
                401,
                "Token needed",
                given == null
                        ? "send the header Authorization: Bearer TOKEN, where TOKEN is http.token"
                        : "the token is not the one of http.token",
                Map.of("WWW-Authenticate", "Bearer realm=\"avatar-monitor\"")));
    }

    private void logAtTimes(String caller) {
        long last = loggedNanos.get();
        if (System.nanoTime() - last >= LOG_PAUSE_NANOS && loggedNanos.compareAndSet(last, System.nanoTime())) {
            log.warn("wrong token, told at most once a minute caller={}", caller);
        }
    }

    /** Browsers say where a call comes from; other clients say nothing. */
    private static boolean fromForeignPage(HttpFields headers) {
        String site = headers.get("Sec-Fetch-Site");
        if (site != null) {
            return !OWN_SITE.contains(site);
        }
        String origin = headers.get("Origin");
        String host = headers.get("Host");
        return origin != null
                && (host == null || !origin.replaceFirst("^https?://", "").equalsIgnoreCase(host));
    }

    private static Optional<Answer> forbidden(String detail) {
        return Optional.of(Answer.problem(403, "Forbidden", detail));
    }

    private static String hostOf(@Nullable String header) {
        return header == null ? "" : header.replaceFirst(":\\d{1,5}$", "");
    }
}
