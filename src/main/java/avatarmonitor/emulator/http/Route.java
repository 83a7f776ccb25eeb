package avatarmonitor.emulator.http;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Operation that a method and a path request (docs/fal-contract.md section 1, "Path rule"). */
public sealed interface Route {

    Op op();

    /** Request id of the path; null when it names none. */
    default @Nullable String requestId() {
        return null;
    }

    /** Submits a request to this endpoint, which may have a sub path. */
    record Submit(String endpoint) implements Route {
        @Override
        public Op op() {
            return Op.SUBMIT;
        }
    }

    /** Status, result or cancel of one request; the endpoint is without its sub path. */
    record About(Op op, String endpoint, String requestId) implements Route {}

    /** A call that waits for its result. */
    record Run(String endpoint) implements Route {
        @Override
        public Op op() {
            return Op.RUN;
        }
    }

    /** Requests a URL or a token for an upload. */
    record Upload(boolean token) implements Route {
        @Override
        public Op op() {
            return Op.UPLOAD;
        }
    }

    /** A stored file or a file of a model; the name is the path after {@code /files/}. */
    record FileAt(String name) implements Route {
        @Override
        public Op op() {
            return Op.FILE;
        }
    }

    /** The platform API's list of requests. */
    record History() implements Route {
        @Override
        public Op op() {
            return Op.HISTORY;
        }
    }

    /** The public keys of the webhook signatures. */
    record Jwks() implements Route {
        @Override
        public Op op() {
            return Op.JWKS;
        }
    }

    /** No valid operation. */
    record Refused(Reply reply) implements Route {
        @Override
        public Op op() {
            return Op.OTHER;
        }
    }

    Pattern PART = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._~-]{1,128}");
    int MOST_PARTS = 20;
    String FILES = "/files/";

    /**
     * Parses method and path; never throws.
     *
     * @param site host that the caller meant; null for the emulator's own address, which serves the queue and the
     *     paths of the other hosts, and where the first part of the path may be one of fal's host names
     * @param path as sent, not decoded; one slash at the end is allowed
     * @param strict whether a call below a sub path is 405, as at fal; otherwise the sub path is ignored
     */
    static Route of(@Nullable Site site, String method, String path, boolean strict) {
        if (site == null) {
            int second = path.indexOf('/', 1);
            Site named = second < 0 ? null : Site.of(path.substring(1, second));
            if (named != null) {
                return of(named, method, path.substring(second), strict);
            }
            if (path.startsWith(FILES)) {
                return new FileAt(path.substring(FILES.length()));
            }
            return of(siteOf(path), method, path, strict);
        }
        return switch (site) {
            case QUEUE -> queue(method, path, strict);
            case RUN -> run(method, path);
            case REST -> rest(method, path);
            case PLATFORM -> platform(method, path);
        };
    }

    private static Site siteOf(String path) {
        if (path.startsWith("/storage/") || path.startsWith("/tokens/") || path.startsWith("/.well-known/")) {
            return Site.REST;
        }
        return path.startsWith("/v1/") ? Site.PLATFORM : Site.QUEUE;
    }

    private static Route rest(String method, String path) {
        return switch (path) {
            case "/.well-known/jwks.json" ->
                method.equals("GET") ? new Jwks() : new Refused(Refusals.methodNotAllowed("GET"));
            case "/storage/upload/initiate" -> post(method, new Upload(false));
            case "/storage/auth/token" -> post(method, new Upload(true));
            default -> new Refused(Refusals.notImitated(path));
        };
    }

    private static Route platform(String method, String path) {
        if (!path.equals("/v1/models/requests/by-endpoint")) {
            return new Refused(Refusals.notImitated(path));
        }
        return method.equals("GET") ? new History() : new Refused(Refusals.methodNotAllowed("GET"));
    }

    private static Route run(String method, String path) {
        List<String> parts = parts(path);
        if (parts.isEmpty()) {
            return new Refused(Refusals.NO_SUCH_PATH);
        }
        String last = parts.get(parts.size() - 1);
        if (last.equals("stream") || last.equals("realtime")) {
            return new Refused(Refusals.notImitated(path));
        }
        return post(method, new Run(String.join("/", parts)));
    }

    private static Route queue(String method, String path, boolean strict) {
        List<String> parts = parts(path);
        if (parts.isEmpty()) {
            return new Refused(Refusals.NO_SUCH_PATH);
        }
        int appParts = Endpoint.appParts(parts);
        String app = String.join("/", parts.subList(0, appParts));
        int marker = parts.subList(appParts, parts.size()).indexOf("requests");
        boolean asksAbout = marker >= 0 && parts.size() > appParts + marker + 1;
        if (asksAbout && marker == 0) {
            return about(method, app, parts.subList(appParts + 1, parts.size()));
        }
        if (method.equals("POST")) {
            return new Submit(String.join("/", parts));
        }
        return asksAbout && !strict
                ? about(method, app, parts.subList(appParts + marker + 1, parts.size()))
                : new Refused(Refusals.methodNotAllowed("POST"));
    }

    /** Returns the parts of a path that begins with an application; empty for any other path. */
    private static List<String> parts(String path) {
        List<String> parts = Arrays.asList(path.substring(1).split("/", MOST_PARTS + 2));
        int end = parts.size() - (parts.get(parts.size() - 1).isEmpty() ? 1 : 0);
        parts = parts.subList(0, end);
        boolean good = parts.size() >= Endpoint.appParts(parts)
                && parts.size() <= MOST_PARTS
                && parts.stream().allMatch(part -> PART.matcher(part).matches());
        return good ? parts : List.of();
    }

    private static Route post(String method, Route route) {
        return method.equals("POST") ? route : new Refused(Refusals.methodNotAllowed("POST"));
    }

    private static Route about(String method, String endpoint, List<String> idAndTail) {
        String id = idAndTail.get(0);
        return switch (String.join("/", idAndTail.subList(1, idAndTail.size()))) {
            case "", "response" -> about(method, "GET", Op.RESULT, endpoint, id);
            case "status" -> about(method, "GET", Op.STATUS, endpoint, id);
            case "status/stream" -> about(method, "GET", Op.STREAM, endpoint, id);
            case "cancel" -> about(method, "PUT", Op.CANCEL, endpoint, id);
            default -> new Refused(Refusals.NO_SUCH_PATH);
        };
    }

    private static Route about(String method, String allowed, Op op, String endpoint, String id) {
        return method.equals(allowed) ? new About(op, endpoint, id) : new Refused(Refusals.methodNotAllowed(allowed));
    }
}
