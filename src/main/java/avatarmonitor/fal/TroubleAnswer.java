package avatarmonitor.fal;

import avatarmonitor.fal.FalAnswer.AccessRefused;
import avatarmonitor.fal.FalAnswer.Cause;
import avatarmonitor.fal.FalAnswer.NotFound;
import avatarmonitor.fal.FalAnswer.RateLimited;
import avatarmonitor.fal.FalAnswer.Trouble;
import avatarmonitor.fal.FalAnswer.Unavailable;

/** Reads the responses that mean the same to every question (fal contract section 1, "Codes a client must handle"). */
final class TroubleAnswer {
    private TroubleAnswer() {}

    /** What a response means that is no answer to the question asked. */
    static Trouble read(HttpReply.Received reply) {
        int code = reply.code();
        return switch (code) {
            case 401, 402, 403 -> new AccessRefused(code, detail(reply));
            case 404 ->
                reply.isHtml()
                        ? unexpected(reply, "a page instead of JSON: does fal.base-url lead to fal?")
                        : new NotFound(detail(reply));
            case 405 -> unexpected(reply, "is the end point configured as owner/app, without a sub path?");
            case 429 -> new RateLimited(RetryAfter.of(reply));
            default -> {
                if (code >= 500) {
                    yield new Unavailable(Cause.SERVER_ERROR, detail(reply));
                }
                yield unexpected(reply, code >= 300 && code < 400 ? "a redirect, which is never followed" : "");
            }
        };
    }

    static Unavailable malformed(HttpReply.Received reply, String what) {
        return new Unavailable(Cause.MALFORMED, OneLine.of("HTTP " + reply.code() + " " + what));
    }

    private static Unavailable unexpected(HttpReply.Received reply, String hint) {
        String detail = detail(reply);
        return new Unavailable(Cause.UNEXPECTED_CODE, OneLine.of(hint.isEmpty() ? detail : detail + " (" + hint + ")"));
    }

    /** Code and fal's own words; a page is named, not quoted. */
    static String detail(HttpReply.Received reply) {
        String said = reply.object()
                .map(body -> FalJson.has(body, "detail")
                        ? ErrorDetail.describe(body.get("detail"))
                        : FalJson.string(body, "status"))
                .orElse(reply.isHtml() ? "an HTML page" : "");
        return OneLine.of(said.isEmpty() ? "HTTP " + reply.code() : "HTTP " + reply.code() + ": " + said);
    }
}
