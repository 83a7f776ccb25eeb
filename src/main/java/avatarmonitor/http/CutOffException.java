package avatarmonitor.http;

import java.io.InterruptedIOException;

/** A request was cancelled before its response was complete. */
public final class CutOffException extends InterruptedIOException {
    private static final long serialVersionUID = 1L;

    private final boolean stopping;

    CutOffException(boolean stopping, Throwable cause) {
        super(stopping ? "the worker is stopping" : "no whole answer in time");
        this.stopping = stopping;
        initCause(cause);
    }

    /** Returns whether the worker is stopping; otherwise the request exceeded its deadline. */
    public boolean stopping() {
        return stopping;
    }
}
