package avatarmonitor.fal.webhook;

import java.net.URI;

/**
 * The keys {@code webhook.*}.
 *
 * @param enabled whether fal's webhooks are accepted
 * @param jwksUrl address of fal's public keys; https, or http to loopback
 */
public record WebhookConfig(boolean enabled, URI jwksUrl) {}
