package avatarmonitor.cli;

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
record Finding(
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

    static Finding ok(String what, String detail) {
        return new Finding(Level.OK, what, detail, null);
    }

    static Finding warn(String what, String detail, String advice) {
        return new Finding(Level.WARN, what, detail, advice);
    }

    static Finding fail(String what, String detail, String advice) {
        return new Finding(Level.FAIL, what, detail, advice);
    }

    String line() {
        return UntrustedText.cell(level.shown + " " + Cells.padded(what + ":", WHAT_WIDTH, false) + " " + detail
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
