package avatarmonitor.emulator;

/** Input of ours (not of the model) that cannot be used; the message says where, what was expected and what came. */
final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadInputException(String message) {
        super(message);
    }
}
