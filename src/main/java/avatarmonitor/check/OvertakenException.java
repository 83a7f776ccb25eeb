package avatarmonitor.check;

/** Undoes the transaction of a check that somebody else was faster than. */
final class OvertakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
