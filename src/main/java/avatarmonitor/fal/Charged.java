package avatarmonitor.fal;

import java.util.Locale;

/** Whether fal charges for a request that has ended, as far as its documentation says (docs/fal-contract.md section 8, "Billing"). */
public enum Charged {
    NO,
    MAYBE,
    YES;

    /** For programs: lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
