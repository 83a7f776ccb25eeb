package avatarmonitor.web;

/** A file of tokens that cannot be used. Its texts hold nothing of the file's content. */
public final class TokenFileException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String expected;
    private final String advice;

    TokenFileException(String expected, String advice) {
        super("expected " + expected + "; " + advice, null, false, false);
        this.expected = expected;
        this.advice = advice;
    }

    /** What the file should be. */
    public String expected() {
        return expected;
    }

    /** What to do. */
    public String advice() {
        return advice;
    }
}
