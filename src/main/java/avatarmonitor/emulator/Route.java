package avatarmonitor.emulator;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a method and a path ask for (docs/fal-contract.md section 1, "Path rule"). */
sealed interface Route {

    Op op();

    /** Null when the path names no request. */
    @Nullable
    String requestId();

    /** A new request for this endpoint: {@code owner/app}, or three parts below {@code workflows} and {@code comfy}. */
    record Submit(String endpoint) implements Route {
        @Override
        public Op op() {
            return Op.SUBMIT;
        }

        @Override
        public @Nullable String requestId() {
            return null;
        }
    }

    /** A question about one request, or its cancel. */
    record About(Op op, String endpoint, String requestId) implements Route {}

    /** The public keys of the webhook signatures. */
    record Jwks() implements Route {
        @Override
        public Op op() {
            return Op.JWKS;
        }

        @Override
        public @Nullable String requestId() {
            return null;
        }
    }

    /** Nothing that the queue has. */
    record Refused(Reply reply) implements Route {
        @Override
        public Op op() {
            return Op.OTHER;
        }

        @Override
        public @Nullable String requestId() {
            return null;
        }
    }

    Pattern PART = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._~-]{1,128}");
    List<String> NAMESPACES = List.of("workflows", "comfy");
    int MOST_PARTS = 20;

    /**
     * Finds out what is asked; never fails.
     *
     * @param path as sent, not decoded; one slash at the end is allowed
     * @param strict whether a question below a sub path is 405, as at fal, or is taken as if the sub path were not there
     */
    static Route of(String method, String path, boolean strict) {
        if (path.equals("/.well-known/jwks.json")) {
            return method.equals("GET") ? new Jwks() : new Refused(Refusals.methodNotAllowed("GET"));
        }
        List<String> parts = Arrays.asList(path.substring(1).split("/", MOST_PARTS + 2));
        int end = parts.size() - (parts.get(parts.size() - 1).isEmpty() ? 1 : 0);
        parts = parts.subList(0, end);
        int appParts = !parts.isEmpty() && NAMESPACES.contains(parts.get(0)) ? 3 : 2;
        if (parts.size() < appParts
                || parts.size() > MOST_PARTS
                || !parts.stream().allMatch(part -> PART.matcher(part).matches())) {
            return new Refused(Reply.detail(404, "Not Found"));
        }
        String endpoint = String.join("/", parts.subList(0, appParts));
        int marker = parts.subList(appParts, parts.size()).indexOf("requests");
        boolean asksAbout = marker >= 0 && parts.size() > appParts + marker + 1;
        if (asksAbout && marker == 0) {
            return about(method, endpoint, parts.subList(appParts + 1, parts.size()));
        }
        if (method.equals("POST")) {
            return new Submit(endpoint);
        }
        return asksAbout && !strict
                ? about(method, endpoint, parts.subList(appParts + marker + 1, parts.size()))
                : new Refused(Refusals.methodNotAllowed("POST"));
    }

    private static Route about(String method, String endpoint, List<String> idAndTail) {
        String id = idAndTail.get(0);
        return switch (String.join("/", idAndTail.subList(1, idAndTail.size()))) {
            case "", "response" -> about(method, "GET", Op.RESULT, endpoint, id);
            case "status" -> about(method, "GET", Op.STATUS, endpoint, id);
            case "status/stream" -> about(method, "GET", Op.STREAM, endpoint, id);
            case "cancel" -> about(method, "PUT", Op.CANCEL, endpoint, id);
            default -> new Refused(Reply.detail(404, "Not Found"));
        };
    }

    private static Route about(String method, String allowed, Op op, String endpoint, String id) {
        return method.equals(allowed) ? new About(op, endpoint, id) : new Refused(Refusals.methodNotAllowed(allowed));
    }
}
