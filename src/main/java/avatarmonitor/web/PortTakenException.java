package avatarmonitor.web;

import java.io.IOException;

/** The address to listen on cannot be had. */
public final class PortTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PortTakenException(HttpConfig config, IOException cause) {
        super(
                "cannot listen on " + config.host() + " port "
                        + (config.port().isEmpty() ? "auto" : config.port().getAsInt()) + reason(cause),
                cause);
    }

    /** The server's own message repeats the address; its cause says why. */
    private static String reason(IOException failure) {
        Throwable why = failure.getCause() == null ? failure : failure.getCause();
        return ": " + why.getMessage();
    }
}
