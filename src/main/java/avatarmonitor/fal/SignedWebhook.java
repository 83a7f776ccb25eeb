package avatarmonitor.fal;

import java.nio.ByteBuffer;

/**
 * A webhook as it arrived, not yet believed: the four headers that sign it, an absent one as an empty text, and the bytes of its body
 * (docs/fal-contract.md section 4).
 */
public record SignedWebhook(String requestId, String userId, String timestamp, String signature, ByteBuffer body) {}
