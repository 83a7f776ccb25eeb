package avatarmonitor.web;

import avatarmonitor.web.Route.Access;
import avatarmonitor.web.Route.Lane;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
        return file(wanted)
                .map(file -> Route.get(path, Access.OPEN, Lane.DIRECT, call -> {
                    String tag = file.headers().getOrDefault("ETag", "");
                    boolean has = tag.equals(call.headers().get(HttpHeader.IF_NONE_MATCH));
                    return has ? new Answer(304, file.contentType(), ByteBuffer.allocate(0), file.headers()) : file;
                }));
    }

    private Optional<Answer> file(String path) {
        String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
        if (type == null) {
            return Optional.empty();
        }
        Answer read = known.get(path);
        if (read == null) {
            read = read(path, type);
            if (read != null) {
                known.put(path, read);
            }
        }
        return Optional.ofNullable(read);
    }

    private static @Nullable Answer read(String path, String type) {
        try (InputStream file = PageFiles.class.getResourceAsStream(ROOT + path)) {
            if (file == null) {
                return null;
            }
            byte[] body = file.readAllBytes();
            // Revalidated each time with the ETag, so that a new version is used at once.
            return new Answer(200, type, ByteBuffer.wrap(body), Map.of("ETag", tag(body), "Cache-Control", "no-cache"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tag(byte[] body) {
        try {
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(body));
            return '"' + digest.substring(0, TAG_LENGTH) + '"';
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("this Java has no SHA-256", impossible);
        }
    }
}
