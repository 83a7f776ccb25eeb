package avatarmonitor.fal.answer;

import java.util.regex.Pattern;

/**
 * Exact texts of fal's {@code detail} whose meaning no status code or field expresses. Everything else is classified by
 * status code and by the names of JSON members (docs/fal-contract.md section 1 and 8).
 */
final class FalTexts {
    /** Result of a request that is not over, always with code 400. Vercel's AI SDK compares the same text. */
    private static final String STILL_IN_PROGRESS = "Request is still in progress";

    /**
     * {@code User is locked. Reason: Exhausted balance}, {@code TOP_UP} or {@code Admin lock}, always with code 403.
     */
    private static final String LOCKED = "User is locked";

    /** Answer to every request below an endpoint that fal does not have, always with code 404. */
    private static final Pattern APPLICATION_UNKNOWN = Pattern.compile("Application [\"'].*[\"'] not found\\.?");

    /** FastAPI's answer for a path that the server does not have: not a server of fal's queue. */
    private static final String PATH_UNKNOWN = "Not Found";

    private FalTexts() {}

    static boolean isStillInProgress(int code, String detail) {
        return code == 400 && detail.equals(STILL_IN_PROGRESS);
    }

    /**
     * Returns whether the account, not one request or key, is refused: by its text, or by 402, which has no other
     * meaning.
     */
    static boolean isAccountLocked(int code, String detail) {
        return code == 402 || (code == 403 && detail.startsWith(LOCKED));
    }

    static boolean isApplicationUnknown(int code, String detail) {
        return code == 404 && APPLICATION_UNKNOWN.matcher(detail).matches();
    }

    static boolean isPathUnknown(int code, String detail) {
        return code == 404 && detail.equals(PATH_UNKNOWN);
    }
}
