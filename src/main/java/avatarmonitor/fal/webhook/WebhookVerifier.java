package avatarmonitor.fal.webhook;

import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.answer.FalJson;
import avatarmonitor.http.Egress;
import avatarmonitor.text.Sha256;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** Verifies signatures of fal's webhooks (docs/fal-contract.md section 4). Not thread-safe. */
public final class WebhookVerifier implements AutoCloseable {
    /** Maximum difference between a webhook's timestamp and the clock, against replays. */
    static final Duration AGE_MAX = Duration.ofMinutes(5);

    private static final Pattern TIMESTAMP = Pattern.compile("\\d{1,11}");
    private static final Pattern SIGNATURE = Pattern.compile("[0-9a-fA-F]{128}");
    private static final int HEADER_LENGTH_MAX = 256;

    private final WebhookKeys keys;
    private final InstantSource clock;

    WebhookVerifier(WebhookKeys keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** Creates a verifier without fetching keys. */
    public static WebhookVerifier open(WebhookConfig config, Egress egress, InstantSource clock) {
        return new WebhookVerifier(WebhookKeys.of(config.jwksUrl(), egress, clock), clock);
    }

    /** Verifies a webhook; may take as long as a request for fal's keys, which is sent at most once a minute. */
    public WebhookVerdict verify(SignedWebhook webhook) {
        Instant now = clock.instant();
        if (webhook.requestId().isEmpty() || webhook.userId().isEmpty()) {
            return new WebhookVerdict.Refused("it is not signed");
        }
        if (webhook.requestId().length() > HEADER_LENGTH_MAX || webhook.userId().length() > HEADER_LENGTH_MAX) {
            return new WebhookVerdict.Refused("a header is too long");
        }
        if (!TIMESTAMP.matcher(webhook.timestamp()).matches()
                || !SIGNATURE.matcher(webhook.signature()).matches()) {
            return new WebhookVerdict.Refused("time or signature is missing or malformed");
        }
        Instant sent = Instant.ofEpochSecond(Long.parseLong(webhook.timestamp()));
        if (Duration.between(sent, now).abs().compareTo(AGE_MAX) > 0) {
            return new WebhookVerdict.Refused("it was signed at " + sent);
        }
        List<PublicKey> known = keys.current();
        boolean signed = signedByAny(known, webhook);
        if (!signed && keys.refresh()) {
            // fal may have rotated its keys.
            known = keys.current();
            signed = signedByAny(known, webhook);
        }
        if (known.isEmpty()) {
            return new WebhookVerdict.Undecided();
        }
        return signed ? named(webhook) : new WebhookVerdict.Refused("no key of fal made its signature");
    }

    /** Parses the body, after its signature has been verified. */
    private static WebhookVerdict named(SignedWebhook webhook) {
        String text = StandardCharsets.UTF_8.decode(webhook.body().duplicate()).toString();
        String named = FalJson.parse(text) instanceof JsonObject body ? FalJson.string(body, "request_id") : "";
        return FalRequestId.parse(named)
                .filter(id -> id.value().equals(webhook.requestId()))
                .<WebhookVerdict>map(WebhookVerdict.Genuine::new)
                .orElseGet(() -> new WebhookVerdict.Refused("header and body name different requests"));
    }

    private static boolean signedByAny(List<PublicKey> keys, SignedWebhook webhook) {
        byte[] message = message(webhook);
        byte[] signature = HexFormat.of().parseHex(webhook.signature());
        return keys.stream().anyMatch(key -> signedBy(key, message, signature));
    }

    private static boolean signedBy(PublicKey key, byte[] message, byte[] given) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(given);
        } catch (GeneralSecurityException malformed) {
            // Some malformed signatures are reported this way instead of by false.
            return false;
        }
    }

    /** Builds the signed message from the raw bytes of the body. */
    private static byte[] message(SignedWebhook webhook) {
        String digest = HexFormat.of().formatHex(Sha256.of(webhook.body()));
        return String.join("\n", webhook.requestId(), webhook.userId(), webhook.timestamp(), digest)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        keys.close();
    }
}
