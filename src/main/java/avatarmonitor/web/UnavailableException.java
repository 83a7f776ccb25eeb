package avatarmonitor.web;

/** What was asked for could not be done because something that it needs is away. */
public final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnavailableException(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }
}
