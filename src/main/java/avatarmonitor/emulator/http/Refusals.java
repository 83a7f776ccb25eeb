package avatarmonitor.emulator.http;

/** Fixed error answers of fal's queue (docs/fal-contract.md sections 1 and 7), and the emulator's own. */
public final class Refusals {
    public static final Reply NOT_FOUND = Reply.status(404, "NOT_FOUND");
    public static final Reply NO_SUCH_PATH = Reply.detail(404, "Not Found");
    public static final Reply WRONG_KEY = Reply.detail(401, "invalid key credentials");
    public static final Reply STILL_IN_PROGRESS = Reply.detail(400, "Request is still in progress");
    public static final Reply TOO_MANY_STREAMS = Reply.detail(503, "the emulator serves no more streams at once");
    public static final Reply TOO_MANY_WAIT = Reply.detail(503, "the emulator holds no more calls that wait");
    public static final Reply FULL = Reply.detail(
            503, "the emulator keeps no more unfinished requests; end some or start it with room for more");

    private Refusals() {}

    /** 405 with the allowed methods of the path. */
    public static Reply methodNotAllowed(String allowed) {
        return Reply.detail(405, "Method Not Allowed").with("Allow", allowed);
    }

    /** 404, as for an endpoint that fal does not have. */
    public static Reply unknownApplication(String endpoint) {
        return Reply.detail(404, "Application \"" + endpoint + "\" not found");
    }

    /** 501 for what the emulator does not imitate: better than an answer that looks right and is not. */
    static Reply notImitated(String path) {
        String shown = path.length() > 100 ? path.substring(0, 100) : path;
        return Reply.detail(
                501,
                "The emulator does not imitate " + shown
                        + ". See docs/fal-emulator.md, \"Limits, and what it does not imitate\".");
    }
}
