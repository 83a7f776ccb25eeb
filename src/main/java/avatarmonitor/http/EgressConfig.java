package avatarmonitor.http;

/**
 * The keys {@code fal.proxy} and {@code http-client.*}, with what the environment says of proxies.
 *
 * @param fal to fal: queue, platform API and public keys
 * @param others to receivers of alerts and callbacks
 * @param shown one line for operators, without secrets
 */
public record EgressConfig(Egress fal, Egress others, String shown) {}
