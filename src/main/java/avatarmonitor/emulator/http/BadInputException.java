package avatarmonitor.emulator.http;

/**
 * Invalid input to the emulator itself, as opposed to input of the model. The message names the place, the expected
 * value and the given one.
 */
public final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    public BadInputException(String message) {
        this(400, message);
    }

    public BadInputException(int code, String message) {
        super(message);
        this.code = code;
    }

    public Reply reply() {
        return Reply.detail(code, String.valueOf(getMessage()));
    }
}
