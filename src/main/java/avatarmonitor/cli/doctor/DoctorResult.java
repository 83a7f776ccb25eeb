package avatarmonitor.cli.doctor;

import avatarmonitor.cli.console.TextWidth;
import avatarmonitor.text.UntrustedText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code doctor}.
 *
 * @param what examined item, one word
 * @param detail result
 * @param advice what to do about it; null when there is nothing to do
 */
record DoctorResult(
        Level level, String what, String detail, @Nullable String advice) {
    private static final int WHAT_WIDTH = 14;

    /** Severity of a finding. */
    enum Level {
        OK("ok  "),
        /** Works, but needs attention. */
        WARN("warn"),
        /** Does not work. */
        FAIL("FAIL");

        private final String shown;

        Level(String shown) {
            this.shown = shown;
        }

        /** Name in JSON. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    String line() {
        return UntrustedText.cell(level.shown + " " + TextWidth.padded(what + ":", WHAT_WIDTH, false) + " " + detail
                + (advice == null ? "" : " → " + advice));
    }
}
