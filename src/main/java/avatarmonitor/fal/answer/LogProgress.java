package avatarmonitor.fal.answer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the progress in percent from a training's log lines. fal guarantees neither lines nor their form, and sends
 * only the last minutes of them (docs/fal-contract.md section 1), so the value is for display only and decides nothing.
 */
public final class LogProgress {
    private static final int LINES_MAX = 50;
    private static final int LINE_LENGTH_MAX = 1_000;
    /** Maximum; only the status reports an end. */
    private static final int PERCENT_MAX = 99;

    /** {@code 12%|} of progress bars, or {@code step 120/2500}. */
    private static final Pattern SIGN = Pattern.compile(
            "(?<percent>\\d{1,3})%\\||\\bsteps?:? {0,3}(?<done>\\d{1,9}) ?/ ?(?<all>\\d{1,9})",
            Pattern.CASE_INSENSITIVE);

    private LogProgress() {}

    /** Returns 0 to 99 from the latest line with a progress; null when there is none. */
    public static @Nullable Integer percent(@Nullable JsonElement logs) {
        if (!(logs instanceof JsonArray lines)) {
            return null;
        }
        for (int i = lines.size() - 1; i >= Math.max(0, lines.size() - LINES_MAX); i--) {
            Integer percent =
                    lines.get(i) instanceof JsonObject line ? percentOf(FalJson.string(line, "message")) : null;
            if (percent != null) {
                return percent;
            }
        }
        return null;
    }

    private static @Nullable Integer percentOf(String line) {
        Matcher sign = SIGN.matcher(line.substring(0, Math.min(line.length(), LINE_LENGTH_MAX)));
        Integer percent = null;
        while (sign.find()) {
            long all = sign.group("all") == null ? 100 : Long.parseLong(sign.group("all"));
            long done = Long.parseLong(sign.group(sign.group("all") == null ? "percent" : "done"));
            if (all > 0 && done <= all) {
                percent = (int) Math.min(PERCENT_MAX, done * 100 / all);
            }
        }
        return percent;
    }
}
