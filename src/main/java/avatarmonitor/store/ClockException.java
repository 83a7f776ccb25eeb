package avatarmonitor.store;

/** The clocks of this machine and of the database differ too much; the message says which is ahead, and what to do. */
public final class ClockException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** @param message description of the clock problem, and what to do */
    public ClockException(String message) {
        super(message);
    }
}
