package avatarmonitor.fal;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.net.URI;
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
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys by which fal signs webhooks, kept for a day. They are asked for when none is known and when a signature fits none, but
 * never more than once a minute: forged webhooks must not make us hammer fal.
 */
final class WebhookKeys implements AutoCloseable {
    static final Duration KEPT_MAX = Duration.ofHours(24);
    static final Duration ASK_PAUSE = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(WebhookKeys.class);

    /** fal gives up its first attempt after 15 s. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    private static final int KEYS_MAX = 20;
    private static final int KEY_BYTES = 32;

    /** What stands before the 32 bytes of an Ed25519 key in X.509 (RFC 8410). */
    private static final String X509_HEAD = "302a300506032b6570032100";

    private final Supplier<HttpReply> source;
    private final InstantSource clock;
    private final AutoCloseable connections;
    private List<PublicKey> keys = List.of();
    private Instant fetched = Instant.MIN;
    private Instant asked = Instant.MIN;

    WebhookKeys(Supplier<HttpReply> source, InstantSource clock) {
        this(source, clock, () -> {});
    }

    private WebhookKeys(Supplier<HttpReply> source, InstantSource clock, AutoCloseable connections) {
        this.source = source;
        this.clock = clock;
        this.connections = connections;
    }

    /** Asked for at this address, without the key of our account. */
    static WebhookKeys of(URI jwksUrl, InstantSource clock) {
        BoundedNameLookup names =
                new BoundedNameLookup(SystemDefaultDnsResolver.INSTANCE, FalHttpClient.stepLimit(ANSWER_MAX));
        HttpExchange exchange = HttpExchange.withoutKey(FalHttpClient.open(1, ANSWER_MAX, names), ANSWER_MAX, clock);
        return new WebhookKeys(() -> exchange.send(new HttpGet(jwksUrl)), clock, () -> {
            exchange.close();
            names.close();
        });
    }

    /** Those that hold now; none when they cannot be had. */
    List<PublicKey> current() {
        if (keys.isEmpty() || fetched.isBefore(clock.instant().minus(KEPT_MAX))) {
            keys = List.of();
            boolean unused = refresh();
        }
        return keys;
    }

    /** Asks again; false when that must not be yet, or brought nothing: then the old ones stay. */
    boolean refresh() {
        Instant now = clock.instant();
        if (asked.isAfter(now.minus(ASK_PAUSE))) {
            return false;
        }
        asked = now;
        List<PublicKey> fresh = source.get().read(WebhookKeys::read, trouble -> List.of());
        if (fresh.isEmpty()) {
            log.warn("fal's webhook keys cannot be had, webhooks are refused until they can known={}", keys.size());
            return false;
        }
        keys = fresh;
        fetched = now;
        return true;
    }

    private static List<PublicKey> read(HttpReply.Received reply) {
        List<PublicKey> found = new ArrayList<>();
        JsonElement listed = reply.object().map(jwks -> jwks.get("keys")).orElse(null);
        if (reply.code() == 200 && listed instanceof JsonArray array) {
            for (JsonElement one : array) {
                if (found.size() < KEYS_MAX && one instanceof JsonObject key) {
                    key(key).ifPresent(found::add);
                }
            }
        }
        return List.copyOf(found);
    }

    /** Empty for a key of another kind, which may stand beside ours. */
    private static Optional<PublicKey> key(JsonObject key) {
        try {
            if (!"Ed25519".equals(text(key, "crv"))) {
                return Optional.empty();
            }
            byte[] bytes = Base64.getUrlDecoder().decode(text(key, "x"));
            if (bytes.length != KEY_BYTES) {
                return Optional.empty();
            }
            byte[] encoded = HexFormat.of().parseHex(X509_HEAD + HexFormat.of().formatHex(bytes));
            return Optional.of(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static String text(JsonObject key, String name) {
        JsonElement value = key.get(name);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
    }

    @Override
    public void close() {
        try {
            connections.close();
        } catch (Exception impossible) {
            throw new IllegalStateException("closing broke", impossible);
        }
    }
}
