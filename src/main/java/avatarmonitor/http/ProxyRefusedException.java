package avatarmonitor.http;

import java.io.IOException;

/** The proxy did not open a tunnel. Its status code must not be taken for the server's. */
public final class ProxyRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final int NEEDS_PASSWORD = 407;

    ProxyRefusedException(Proxy proxy, int code) {
        super("the proxy " + proxy + " opened no tunnel: HTTP " + code
                + (code == NEEDS_PASSWORD ? ", it wants another user and password" : ""));
    }
}
