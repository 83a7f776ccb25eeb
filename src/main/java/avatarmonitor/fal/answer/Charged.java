package avatarmonitor.fal.answer;

import java.util.Locale;

/**
 * Whether fal charges for a finished request, according to its documentation (docs/fal-contract.md section 8,
 * "Billing").
 */
public enum Charged {
    NO,
    MAYBE,
    YES;

    /** Name for programs, in lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
