package avatarmonitor.alert;

import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonElement;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One event of an alert, in words.
 *
 * @param text one line, bounded, fit for log lines, headers and chat programs
 */
record Example(String text) {
    private static final int TEXT_LENGTH_MAX = 300;
    private static final int VALUE_LENGTH_MAX = 200;

    static Example of(Logged event) {
        String facts = event.detail().entrySet().stream()
                .filter(fact -> fact.getValue().isJsonPrimitive())
                .map(Example::inWords)
                .collect(Collectors.joining(", "));
        String about = event.avatar() == null ? "" : " avatar " + event.avatar();
        return new Example(clean(
                event.at() + " " + event.worker() + about + (facts.isEmpty() ? "" : ": " + facts), TEXT_LENGTH_MAX));
    }

    private static String inWords(Map.Entry<String, JsonElement> fact) {
        return fact.getKey() + " " + clean(fact.getValue().getAsString(), VALUE_LENGTH_MAX);
    }

    /**
     * What others wrote, on one line: nothing in it can end a header or a log line, turn the direction of writing, or be an instruction
     * to a chat program, whose own are written between angle brackets.
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
