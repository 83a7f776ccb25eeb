package avatarmonitor.schedule;

/** A step was given up because the scheduler stops; what it would have done is left to the end of the worker. */
final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
        super("the scheduler stops");
    }
}
