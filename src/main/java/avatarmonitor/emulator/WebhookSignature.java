package avatarmonitor.emulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.HexFormat;

/**
 * The four headers that sign a webhook (docs/fal-contract.md section 4).
 *
 * @param timestamp in seconds since 1970
 * @param signature 64 bytes in hex
 */
record WebhookSignature(String requestId, String userId, long timestamp, String signature) {
    static final String USER_ID = "emulator|1";

    /** Signs these bytes, which must be sent unchanged. */
    static WebhookSignature sign(PrivateKey key, String requestId, String userId, Instant at, byte[] body) {
        long timestamp = at.getEpochSecond();
        try {
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(body));
            String message = String.join("\n", requestId, userId, Long.toString(timestamp), digest);
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(message.getBytes(StandardCharsets.UTF_8));
            return new WebhookSignature(
                    requestId, userId, timestamp, HexFormat.of().formatHex(signature.sign()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("cannot sign the webhook of " + requestId, impossible);
        }
    }
}
