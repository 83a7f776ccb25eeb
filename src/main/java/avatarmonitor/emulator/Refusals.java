package avatarmonitor.emulator;

/** The queue's fixed refusals (docs/fal-contract.md section 1 and 7). */
final class Refusals {
    static final Reply NOT_FOUND = Reply.status(404, "NOT_FOUND");
    static final Reply WRONG_KEY = Reply.detail(401, "invalid key credentials");
    static final Reply STILL_IN_PROGRESS = Reply.detail(400, "Request is still in progress");
    static final Reply TOO_MANY_STREAMS = Reply.detail(503, "the emulator serves no more streams at once");
    static final Reply FULL = Reply.detail(
            503, "the emulator keeps no more unfinished requests; end some or start it with room for more");

    private Refusals() {}

    /** 405 that tells the methods which the path has. */
    static Reply methodNotAllowed(String allowed) {
        return Reply.detail(405, "Method Not Allowed").with("Allow", allowed);
    }
}
