package avatarmonitor.fal.webhook;

import avatarmonitor.fal.answer.FalJson;
import avatarmonitor.http.BoundedHttp;
import avatarmonitor.http.Egress;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.HttpEntity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cache of fal's public webhook keys, for a day. They are fetched when none is known and when a signature matches none,
 * but at most once a minute, so that forged webhooks cannot cause a flood of requests.
 */
public final class WebhookKeys implements AutoCloseable {
    static final Duration KEPT_MAX = Duration.ofHours(24);
    static final Duration ASK_PAUSE = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(WebhookKeys.class);

    /** Timeout; fal gives up its first attempt after 15 s. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    private static final int ANSWER_BYTES_MAX = 64 * 1024;

    private static final int KEYS_MAX = 20;
    private static final int KEY_BYTES = 32;

    /** X.509 prefix of the 32 bytes of an Ed25519 key (RFC 8410). */
    private static final String X509_HEAD = "302a300506032b6570032100";

    private final Supplier<String> source;
    private final InstantSource clock;
    private final Runnable connections;
    private List<PublicKey> keys = List.of();
    private Instant fetched = Instant.MIN;
    private Instant asked = Instant.MIN;

    /** @param connections closed with this */
    WebhookKeys(Supplier<String> source, InstantSource clock, Runnable connections) {
        this.source = source;
        this.clock = clock;
        this.connections = connections;
    }

    /** Creates a cache that fetches from this address, without sending the fal key. */
    public static WebhookKeys of(URI jwksUrl, Egress egress, InstantSource clock) {
        BoundedHttp http = new BoundedHttp("fal-keys", 1, ANSWER_MAX, egress);
        return new WebhookKeys(() -> ask(http, jwksUrl), clock, http::close);
    }

    private static String ask(BoundedHttp http, URI jwksUrl) {
        try {
            return http.send(new HttpGet(jwksUrl), response -> {
                HttpEntity entity = response.getEntity();
                return response.getCode() == 200 && entity != null
                        ? new String(entity.getContent().readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8)
                        : "";
            });
        } catch (IOException | RuntimeException broken) {
            log.debug("fal's webhook keys did not come error={}", broken.toString());
            return "";
        }
    }

    /** Returns the valid keys; empty when they are not available. */
    public List<PublicKey> current() {
        if (keys.isEmpty() || fetched.isBefore(clock.instant().minus(KEPT_MAX))) {
            keys = List.of();
            boolean unused = refresh();
        }
        return keys;
    }

    /** Fetches the keys again; returns false when that is too early, or failed: then the old ones stay. */
    boolean refresh() {
        Instant now = clock.instant();
        if (asked.isAfter(now.minus(ASK_PAUSE))) {
            return false;
        }
        asked = now;
        List<PublicKey> fresh = read(source.get());
        if (fresh.isEmpty()) {
            log.warn(
                    "cannot fetch fal's webhook keys, {} keys={}",
                    keys.isEmpty() ? "webhooks are refused until that succeeds" : "the known ones stay in use",
                    keys.size());
            return false;
        }
        keys = fresh;
        fetched = now;
        return true;
    }

    private static List<PublicKey> read(String jwks) {
        List<PublicKey> found = new ArrayList<>();
        if (FalJson.parse(jwks) instanceof JsonObject object && object.get("keys") instanceof JsonArray array) {
            for (JsonElement one : array) {
                if (found.size() < KEYS_MAX && one instanceof JsonObject key) {
                    key(key).ifPresent(found::add);
                }
            }
        }
        return List.copyOf(found);
    }

    /** Parses a key; empty for another kind of key, which may be in the same set. */
    private static Optional<PublicKey> key(JsonObject key) {
        try {
            if (!"Ed25519".equals(FalJson.string(key, "crv"))) {
                return Optional.empty();
            }
            byte[] bytes = Base64.getUrlDecoder().decode(FalJson.string(key, "x"));
            if (bytes.length != KEY_BYTES) {
                return Optional.empty();
            }
            byte[] encoded = HexFormat.of().parseHex(X509_HEAD + HexFormat.of().formatHex(bytes));
            return Optional.of(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        connections.run();
    }
}
