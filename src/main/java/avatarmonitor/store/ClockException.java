package avatarmonitor.store;

/** The clocks of this machine and of the database differ too much; the message says which is ahead, and what to do. */
public final class ClockException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** @param trouble description of the clock problem */
    ClockException(String trouble) {
        super(trouble + ": nothing is done by the time until it is right");
    }

    ClockException(ClockOffset offset) {
        super(offset.inWords() + ", more than the " + ClockOffset.MAX.toSeconds()
                + " s that are allowed: let NTP set both clocks,"
                + " then start again; workers tell by their clocks which check is due");
    }
}
