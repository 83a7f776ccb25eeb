/**
 * Verifies webhooks that claim to come from fal: signature, time, and keys ({@link
 * avatarmonitor.fal.webhook.WebhookVerifier}). The route that receives them is in {@code web}.
 */
@NullMarked
package avatarmonitor.fal.webhook;

import org.jspecify.annotations.NullMarked;
