package avatarmonitor.cli.console;

import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonElement;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Formats events as log lines. */
public final class EventLines {
    private static final int TYPE_WIDTH = 14;
    private static final int ID_WIDTH = 36;

    private EventLines() {}

    /**
     * Returns time, type, avatar and its name, facts and worker; truncated to the width of an interactive terminal
     * only, so that grep sees everything.
     */
    public static String line(Logged event, @Nullable String name, boolean withAvatar, Terminal terminal) {
        String avatar = event.avatar() == null ? "-" : event.avatar().toString();
        String facts = event.detail().entrySet().stream()
                .map(fact -> fact.getKey() + "=" + text(fact.getValue()))
                .collect(Collectors.joining(" "));
        String line =
                event.at().truncatedTo(ChronoUnit.SECONDS) + "  " + TextWidth.padded(event.type(), TYPE_WIDTH, false)
                        + (withAvatar
                                ? "  " + TextWidth.padded(avatar, ID_WIDTH, false) + (name == null ? "" : "  " + name)
                                : "")
                        + (facts.isEmpty() ? "" : "  " + facts)
                        + "  (" + event.worker() + ")";
        String safe = UntrustedText.cell(line);
        return terminal.interactive() ? TextWidth.cut(safe, terminal.width()) : safe;
    }

    private static String text(JsonElement value) {
        return value.isJsonPrimitive() ? value.getAsString() : value.toString();
    }
}
