package avatarmonitor.web;

import java.io.IOException;

/** The configured address is not available for listening. */
public final class PortTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PortTakenException(HttpConfig config, IOException cause) {
        super(
                "cannot listen on " + config.host() + " port "
                        + (config.port().isEmpty() ? "auto" : config.port().getAsInt()) + reason(cause),
                cause);
    }

    /** Returns the cause's message, since the server's own only repeats the address. */
    private static String reason(IOException failure) {
        Throwable why = failure.getCause() == null ? failure : failure.getCause();
        return ": " + why.getMessage();
    }
}
