package avatarmonitor.web;

import avatarmonitor.web.Route.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Maps path and method to a route. */
final class Router {
    /** Allowed paths. Escaped, doubled or parent path segments are rejected, not normalized. */
    private static final Pattern PLAIN = Pattern.compile("/|(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}){1,6}");

    private final List<Route> routes;
    private final PageFiles files;

    Router(List<Route> routes, PageFiles files) {
        this.routes = List.copyOf(routes);
        this.files = files;
    }

    /** Result of routing. */
    sealed interface Found {
        record Match(Route route, Map<String, String> variables) implements Found {}

        record WrongMethod(String allowed) implements Found {}

        record Nothing() implements Found {}
    }

    /** Matches the path as sent, not decoded. */
    Found find(String method, String path) {
        if (!PLAIN.matcher(path).matches()) {
            return new Found.Nothing();
        }
        TreeSet<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.match(path);
            if (variables.isPresent()) {
                if (serves(route, method)) {
                    return new Found.Match(route, variables.get());
                }
                allowed.add(route.method().name());
            }
        }
        Optional<Route> file = files.route(path);
        if (file.isPresent()) {
            if (serves(file.get(), method)) {
                return new Found.Match(file.get(), Map.of());
            }
            allowed.add(Method.GET.name());
        }
        if (allowed.isEmpty()) {
            return new Found.Nothing();
        }
        if (allowed.contains(Method.GET.name())) {
            allowed.add("HEAD");
        }
        return new Found.WrongMethod(String.join(", ", allowed));
    }

    /** HEAD is handled as GET; the server omits the body. */
    private static boolean serves(Route route, String method) {
        boolean head = method.equals("HEAD") && route.lane() != Route.Lane.STREAM;
        return method.equals(route.method().name()) || (head && route.method() == Method.GET);
    }
}
