package avatarmonitor.http;

/**
 * An HTTP proxy that opens tunnels with CONNECT. User and password are secrets and are sent to the proxy only.
 *
 * @param user empty when the proxy requires no login
 */
public record Proxy(String host, int port, String user, String password) {

    /** Omits user and password. */
    @Override
    public String toString() {
        return "http://" + (user.isEmpty() ? "" : "***@") + host + ":" + port;
    }
}
