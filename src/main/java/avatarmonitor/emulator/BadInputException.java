package avatarmonitor.emulator;

/** Input of ours (not of the model) that cannot be used; the message says where, what was expected and what came. */
final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    BadInputException(String message) {
        this(400, message);
    }

    BadInputException(int code, String message) {
        super(message);
        this.code = code;
    }

    Reply reply() {
        return Reply.detail(code, String.valueOf(getMessage()));
    }
}
