package avatarmonitor.web;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The address to listen on cannot be had. */
public final class PortTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PortTakenException(HttpConfig config, int last, @Nullable IOException cause) {
        super(
                "cannot listen on " + config.host() + ":" + config.port()
                        + (last > config.port() ? " or up to port " + last : "")
                        + (cause == null || cause.getCause() == null
                                ? ""
                                : ": " + cause.getCause().getMessage()),
                cause);
    }
}
