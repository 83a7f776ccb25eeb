package avatarmonitor.web;

import avatarmonitor.text.Sha256;
import avatarmonitor.web.Route.Access;
import avatarmonitor.web.Route.Lane;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Serves the static files of the page and the description of the API from the class path. Serves known file types only.
 */
final class PageFiles {
    private static final String ROOT = "/web";
    private static final String START = "/index.html";
    private static final int TAG_LENGTH = 32;
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "woff2", "font/woff2",
            "txt", "text/plain; charset=utf-8",
            "json", "application/json");

    private final Map<String, Answer> known = new ConcurrentHashMap<>();

    /** Returns the route of a file; empty when there is none. The router has already checked the path. */
    Optional<Route> route(String path) {
        String wanted = path.equals("/") ? START : path;
        return Optional.ofNullable(known.computeIfAbsent(wanted, PageFiles::read))
                .map(file -> Route.get(path, Access.OPEN, Lane.DIRECT, call -> {
                    String tag = file.headers().getOrDefault("ETag", "");
                    boolean has = tag.equals(call.headers().get(HttpHeader.IF_NONE_MATCH));
                    return has ? new Answer(304, file.contentType(), ByteBuffer.allocate(0), file.headers()) : file;
                }));
    }

    private static @Nullable Answer read(String path) {
        String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
        try (InputStream file = PageFiles.class.getResourceAsStream(ROOT + path)) {
            if (type == null || file == null) {
                return null;
            }
            ByteBuffer body = ByteBuffer.wrap(file.readAllBytes());
            String tag = '"' + HexFormat.of().formatHex(Sha256.of(body)).substring(0, TAG_LENGTH) + '"';
            // Revalidated each time with the ETag, so that a new version is used at once.
            return new Answer(200, type, body, Map.of("ETag", tag, "Cache-Control", "no-cache"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
