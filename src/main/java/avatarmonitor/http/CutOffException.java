package avatarmonitor.http;

import java.io.InterruptedIOException;

/** There is no whole response because it was not waited for any longer. */
public final class CutOffException extends InterruptedIOException {
    private static final long serialVersionUID = 1L;

    private final boolean stopping;

    CutOffException(boolean stopping, Throwable cause) {
        super(stopping ? "the worker is stopping" : "no whole answer in time");
        this.stopping = stopping;
        initCause(cause);
    }

    /** Whether this side stopped; otherwise the request took too long. */
    public boolean stopping() {
        return stopping;
    }
}
