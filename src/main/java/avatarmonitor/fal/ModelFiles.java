package avatarmonitor.fal;

import avatarmonitor.http.BoundedHttp;
import avatarmonitor.http.Egress;
import avatarmonitor.text.UntrustedText;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpHead;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the files of a model are available: HEAD, and GET of the first byte where the server refuses HEAD. Never
 * sends the key, has a timeout per request, and uses https only, also after a redirect (http for the files of a local
 * queue).
 */
final class ModelFiles implements AutoCloseable {
    /** Maximum of redirects for one file. */
    static final int REDIRECTS_MAX = 3;

    private static final int CONNECTIONS = 4;

    /** Timeout of one request; a check makes a handful at most. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final String PLAIN = "-._~:/?#@!$&'()*+,;=%";

    private final BoundedHttp http;
    private final boolean plainHttp;

    /** @param plainHttp whether http is allowed beside https */
    ModelFiles(Egress egress, boolean plainHttp) {
        this.http = new BoundedHttp("fal-files", CONNECTIONS, LIMIT, egress);
        this.plainHttp = plainHttp;
    }

    /** Returns the worst result for any of them. */
    ModelLife probe(Collection<String> urls) {
        ModelLife unclear = null;
        for (String url : urls) {
            ModelLife life = probe(url);
            if (life instanceof ModelLife.Gone) {
                return life;
            }
            if (life instanceof ModelLife.Unclear) {
                unclear = life;
            }
        }
        return unclear == null ? new ModelLife.Alive() : unclear;
    }

    private ModelLife probe(String url) {
        URI target = escaped(url);
        for (int redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
            if (target == null || target.getHost() == null) {
                // Another client may accept a URL that Java does not.
                return redirects == 0 ? new ModelLife.Alive() : unclear(url, "redirects to no URL");
            }
            String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
            if (!scheme.equals("https") && !(plainHttp && scheme.equals("http"))) {
                return unclear(url, "redirects to " + scheme);
            }
            Reply reply = send(new HttpHead(target));
            if (reply.location == null && refusesHead(reply.code)) {
                HttpGet firstByte = new HttpGet(target);
                firstByte.setHeader("Range", "bytes=0-0");
                reply = send(firstByte);
            }
            if (reply.location == null) {
                return life(url, reply);
            }
            URI redirect = escaped(reply.location);
            target = redirect == null ? null : target.resolve(redirect);
        }
        return unclear(url, "redirects more than " + REDIRECTS_MAX + " times");
    }

    /** @param location target of a redirect; null when it is none */
    private record Reply(int code, @Nullable String location, String trouble) {}

    /**
     * Returns whether GET may succeed instead: a URL may be signed for GET only, or the server may not support HEAD.
     */
    private static boolean refusesHead(int code) {
        return code == 400 || code == 401 || code == 403 || code == 405 || code == 501;
    }

    private Reply send(HttpUriRequestBase request) {
        try {
            return http.send(request, response -> {
                Header location = response.getFirstHeader("Location");
                boolean redirect = response.getCode() >= 300 && response.getCode() < 400;
                if (response.getEntity() != null) {
                    // Closing a response would read the rest of it, and a server may send the whole file; cancelling
                    // the request does not.
                    request.cancel();
                }
                return new Reply(response.getCode(), redirect && location != null ? location.getValue() : null, "");
            });
        } catch (IOException | RuntimeException broken) {
            return new Reply(0, null, broken.getClass().getSimpleName());
        }
    }

    private static ModelLife life(String url, Reply reply) {
        int code = reply.code;
        // 416: the file is empty.
        if ((code >= 200 && code < 300) || code == 416) {
            return new ModelLife.Alive();
        }
        if (code == 404 || code == 410) {
            return new ModelLife.Gone(UntrustedText.line(url + " answers HTTP " + code));
        }
        return unclear(url, code == 0 ? "does not answer: " + reply.trouble : "answers HTTP " + code);
    }

    private static ModelLife unclear(String url, String what) {
        return new ModelLife.Unclear(UntrustedText.line(url + " " + what));
    }

    /** Escapes characters that a strict parser rejects, like browsers. */
    static @Nullable URI escaped(String url) {
        StringBuilder text = new StringBuilder();
        int scheme = url.indexOf("://");
        int path = scheme < 0 ? 0 : url.indexOf('/', scheme + 3);
        for (int i = 0; i < url.length(); ) {
            int character = url.codePointAt(i);
            boolean letter = character < 128 && Character.isLetterOrDigit(character);
            boolean hostBracket = i < path && "[]".indexOf(character) >= 0;
            if (letter || hostBracket || PLAIN.indexOf(character) >= 0) {
                text.appendCodePoint(character);
            } else {
                for (byte one : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
                    text.append('%').append(String.format(Locale.ROOT, "%02X", one & 0xff));
                }
            }
            i += Character.charCount(character);
        }
        try {
            return new URI(text.toString());
        } catch (URISyntaxException e) {
            return null;
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
