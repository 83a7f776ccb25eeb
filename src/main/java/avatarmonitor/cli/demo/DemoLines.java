package avatarmonitor.cli.demo;

import avatarmonitor.demo.DemoSnapshot;
import avatarmonitor.text.UntrustedText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows the demo as plain lines, one for each change: for logs, pipes and terminals that cannot redraw. */
final class DemoLines implements DemoScreen {
    private final PrintWriter out;
    private final Map<String, String> shown = new HashMap<>();

    DemoLines(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void message(Duration at, String sentence) {
        out.println(time(at) + "  " + sentence);
    }

    @Override
    public void progress(Duration at, List<DemoSnapshot> avatars) {
        for (DemoSnapshot seen : avatars) {
            String line = UntrustedText.cell(String.format(
                    Locale.ROOT,
                    "%-5s %-8s  %-11s  %-9s  %s",
                    seen.name(),
                    seen.type(),
                    seen.phaseAtFal(),
                    seen.status(),
                    seen.happened()));
            if (!line.equals(shown.put(seen.name(), line))) {
                out.println(time(at) + "    " + line);
            }
        }
    }

    @Override
    public void close() {
        out.println();
    }

    private static String time(Duration at) {
        return String.format(Locale.ROOT, "%5.1f s", at.toMillis() / 1000.0);
    }
}
