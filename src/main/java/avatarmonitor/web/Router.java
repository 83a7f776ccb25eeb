package avatarmonitor.web;

import avatarmonitor.web.Route.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;

/** Maps path and method to a route. */
final class Router {
    /** Allowed paths. Escaped, doubled or parent path segments are rejected, not normalized. */
    private static final Pattern PLAIN = Pattern.compile("/|(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}){1,6}");

    private final List<Path> paths;
    private final PageFiles files;

    Router(List<Route> routes, PageFiles files) {
        this.paths = routes.stream()
                .map(route -> new Path(new UriTemplatePathSpec(route.template()), route))
                .toList();
        this.files = files;
    }

    private record Path(UriTemplatePathSpec spec, Route route) {}

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
        for (Path one : paths) {
            Map<String, String> variables = one.spec.getPathParams(path);
            if (variables != null && serves(one.route, method)) {
                return new Found.Match(one.route, variables);
            } else if (variables != null) {
                allowed.add(one.route.method().name());
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
