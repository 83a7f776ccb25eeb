package avatarmonitor.web.access;

/** The token file is invalid. The messages contain nothing of its content. */
public final class TokenFileException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String expected;
    private final String advice;

    TokenFileException(String expected, String advice) {
        super("expected " + expected + "; " + advice, null, false, false);
        this.expected = expected;
        this.advice = advice;
    }

    /** Description of a valid file. */
    public String expected() {
        return expected;
    }

    /** What to do. */
    public String advice() {
        return advice;
    }
}
