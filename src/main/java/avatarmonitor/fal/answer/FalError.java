package avatarmonitor.fal.answer;

/**
 * Why a training failed, as reported by fal (docs/fal-contract.md section 2).
 *
 * @param code HTTP status of the result, which is 200 when it contained no usable model, or 0 when the status
 *     reported the failure
 * @param type {@code error_type} or the type of the first {@code detail} entry; empty when fal named none
 * @param detail fal's message, in one line of bounded length
 * @param retryable whether a new submit may help; this request is over in any case
 */
public record FalError(int code, String type, String detail, boolean retryable) {

    /** Formats one line for {@code training_error}: type, detail and code where there is one. */
    public String describe() {
        String what = type.isEmpty() ? detail : detail.isEmpty() ? type : type + ": " + detail;
        if (what.isEmpty()) {
            return "fal gave no reason (HTTP " + code + ")";
        }
        return code == 0 ? what : what + " (HTTP " + code + ")";
    }

    /** Returns the HTTP status of the result, or the one that fal documents for the type; 0 when neither is known. */
    public int httpCode() {
        return code != 0 ? code : ErrorTypes.code(type);
    }

    /** Returns whether fal charges for the request: never after a server error, maybe after any other (fal's FAQ). */
    public Charged charged() {
        if (httpCode() == 200) {
            return Charged.YES;
        }
        return httpCode() >= 500 ? Charged.NO : Charged.MAYBE;
    }
}
