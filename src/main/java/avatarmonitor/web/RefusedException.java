package avatarmonitor.web;

/** An invalid request; the message is sent to the caller. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    private RefusedException(Answer answer, String message) {
        super(message, null, false, false);
        this.answer = answer;
    }

    /** A missing, unknown or invalid parameter. */
    static RefusedException parameter(String name, String expected) {
        return of(400, "Bad parameter", name + ": expected " + expected);
    }

    static RefusedException of(int status, String title, String detail) {
        return new RefusedException(Answer.problem(status, title, detail), detail);
    }

    Answer answer() {
        return answer;
    }
}
