package avatarmonitor.fal.answer;

import avatarmonitor.fal.answer.FalAnswer.ApplicationUnknown;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.NotFound;
import avatarmonitor.fal.answer.FalAnswer.RateLimited;
import avatarmonitor.fal.answer.FalAnswer.Trouble;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.text.UntrustedText;

/**
 * Parses responses with the same meaning for every kind of request (docs/fal-contract.md section 1, "Codes a client
 * must handle").
 */
public final class TroubleAnswer {
    private TroubleAnswer() {}

    /** Returns whether it is 401, 402 or 403; their meaning depends on the kind of request. */
    static boolean isRefusal(HttpReply.Received reply) {
        return reply.code() >= 401 && reply.code() <= 403;
    }

    static boolean isAccountLocked(HttpReply.Received reply) {
        return FalTexts.isAccountLocked(reply.code(), said(reply));
    }

    /** Interprets a response that neither answers nor refuses the request. */
    static Trouble read(HttpReply.Received reply) {
        int code = reply.code();
        if (reply.unread() != null && code != 429 && code < 500) {
            return malformed(reply, reply.unread());
        }
        return switch (code) {
            case 404 -> notFound(reply);
            case 405 -> unexpected(reply, "is the endpoint configured as owner/app, without a sub path?");
            case 429 -> new RateLimited(RetryAfter.of(reply));
            default -> {
                if (code >= 500) {
                    yield new Unavailable(Cause.SERVER_ERROR, detail(reply));
                }
                yield unexpected(reply, code >= 300 && code < 400 ? "a redirect, which is never followed" : "");
            }
        };
    }

    private static Trouble notFound(HttpReply.Received reply) {
        if (reply.isHtml() || FalTexts.isPathUnknown(reply.code(), said(reply))) {
            return unexpected(reply, "not fal's answer about a request: does fal.base-url lead to fal?");
        }
        return FalTexts.isApplicationUnknown(reply.code(), said(reply))
                ? new ApplicationUnknown(detail(reply))
                : new NotFound(detail(reply));
    }

    /** A response that cannot be read says nothing about the request. */
    static Unavailable malformed(HttpReply.Received reply, HttpReply.Unread unread) {
        return new Unavailable(unread.cause(), UntrustedText.line("HTTP " + reply.code() + " " + unread.why()));
    }

    static Unavailable malformed(HttpReply.Received reply, String what) {
        return new Unavailable(Cause.MALFORMED, UntrustedText.line("HTTP " + reply.code() + " " + what));
    }

    private static Unavailable unexpected(HttpReply.Received reply, String hint) {
        String detail = detail(reply);
        return new Unavailable(
                Cause.UNEXPECTED_CODE, UntrustedText.line(hint.isEmpty() ? detail : detail + " (" + hint + ")"));
    }

    /** Returns code and fal's message; an HTML page is mentioned, not quoted. */
    public static String detail(HttpReply.Received reply) {
        String words = said(reply);
        String said = words.isEmpty() && reply.isHtml() ? "an HTML page" : words;
        return UntrustedText.line(said.isEmpty() ? "HTTP " + reply.code() : "HTTP " + reply.code() + ": " + said);
    }

    private static String said(HttpReply.Received reply) {
        return reply.object()
                .map(body -> {
                    String complaint = ErrorDetail.complaint(body);
                    return complaint.isEmpty() ? FalJson.string(body, "status") : complaint;
                })
                .orElse("");
    }
}
