package avatarmonitor.http;

/**
 * An HTTP proxy that opens tunnels with CONNECT. User and password are secrets and go to the proxy alone.
 *
 * @param user empty when the proxy asks for none
 */
public record Proxy(String host, int port, String user, String password) {

    /** Without user and password. */
    @Override
    public String toString() {
        return "http://" + (user.isEmpty() ? "" : "***@") + host + ":" + port;
    }
}
