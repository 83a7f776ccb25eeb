package avatarmonitor.web;

/** A request failed because something that it needs is unavailable. */
public final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnavailableException(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }
}
