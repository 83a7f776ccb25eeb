package avatarmonitor.cli.doctor;

import avatarmonitor.cli.console.TextWidth;
import avatarmonitor.inspect.Rows;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
    }

    static DoctorResult ok(String what, String detail) {
        return new DoctorResult(Level.OK, what, detail, null);
    }

    static DoctorResult warn(String what, String detail, String advice) {
        return new DoctorResult(Level.WARN, what, detail, advice);
    }

    static DoctorResult fail(String what, String detail, String advice) {
        return new DoctorResult(Level.FAIL, what, detail, advice);
    }

    String line() {
        return UntrustedText.cell(level.shown + " " + TextWidth.padded(what + ":", WHAT_WIDTH, false) + " " + detail
                + (advice == null ? "" : " → " + advice));
    }

    JsonObject json() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("level", level.name().toLowerCase(Locale.ROOT));
        members.put("what", what);
        members.put("detail", detail);
        members.put("advice", advice);
        return Rows.json(members);
    }
}
