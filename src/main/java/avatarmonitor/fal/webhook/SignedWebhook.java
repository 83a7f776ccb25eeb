package avatarmonitor.fal.webhook;

import java.nio.ByteBuffer;

/**
 * A received webhook before verification: the four signature headers, a missing one as an empty text, and the bytes of
 * its body (docs/fal-contract.md section 4).
 */
public record SignedWebhook(String requestId, String userId, String timestamp, String signature, ByteBuffer body) {}
