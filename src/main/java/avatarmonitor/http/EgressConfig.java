package avatarmonitor.http;

/**
 * The keys {@code fal.proxy} and {@code http-client.*}, combined with the proxy variables of the environment.
 *
 * @param fal connections to fal: queue, platform API and public keys
 * @param others connections to receivers of alerts and callbacks
 * @param shown one line for operators, without secrets
 */
public record EgressConfig(Egress fal, Egress others, String shown) {}
