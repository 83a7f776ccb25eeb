package avatarmonitor.fal;

import java.net.URI;

/**
 * The keys {@code webhook.*}.
 *
 * @param enabled whether fal's webhooks are taken
 * @param jwksUrl where fal tells the public keys that sign them; https, or http to this machine
 */
public record WebhookConfig(boolean enabled, URI jwksUrl) {}
