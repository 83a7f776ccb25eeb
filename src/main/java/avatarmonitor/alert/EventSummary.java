package avatarmonitor.alert;

import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonElement;
import java.util.Map;
import java.util.stream.Collectors;

/** Summary of one event of an alert. */
final class EventSummary {
    private static final int TEXT_LENGTH_MAX = 300;
    private static final int VALUE_LENGTH_MAX = 200;

    private EventSummary() {}

    /** Returns one line of bounded length, safe for log lines, headers and chat programs. */
    static String of(Logged event) {
        String facts = event.detail().entrySet().stream()
                .filter(fact -> fact.getValue().isJsonPrimitive())
                .map(EventSummary::inWords)
                .collect(Collectors.joining(", "));
        String about = event.avatar() == null ? "" : " avatar " + event.avatar();
        return clean(
                event.at() + " " + event.worker() + about + (facts.isEmpty() ? "" : ": " + facts), TEXT_LENGTH_MAX);
    }

    private static String inWords(Map.Entry<String, JsonElement> fact) {
        return fact.getKey() + " " + clean(fact.getValue().getAsString(), VALUE_LENGTH_MAX);
    }

    /**
     * Sanitizes untrusted text into one line: it cannot end a header or a log line, change the direction of writing or
     * contain chat markup, which is written in angle brackets.
     */
    static String clean(String foreign, int lengthMax) {
        String line = UntrustedText.line(foreign, foreign.length() + 1)
                .replace('<', '(')
                .replace('>', ')');
        return line.codePointCount(0, line.length()) <= lengthMax
                ? line
                : line.substring(0, line.offsetByCodePoints(0, lengthMax - 1)) + "…";
    }
}
