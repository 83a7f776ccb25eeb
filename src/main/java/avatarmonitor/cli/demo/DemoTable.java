package avatarmonitor.cli.demo;

import avatarmonitor.cli.console.Terminal;
import avatarmonitor.cli.console.TextWidth;
import avatarmonitor.demo.DemoSnapshot;
import avatarmonitor.text.UntrustedText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Shows the demo as a table that is redrawn in place, with the latest steps below it. */
final class DemoTable implements DemoScreen {
    private static final int NEWS = 4;
    private static final int NAME = 6;
    private static final int TYPE = 8;
    private static final int AT_FAL = 15;
    private static final int STATUS = 9;
    private static final int CHECKS = 6;

    // Hide the cursor while redrawing, and truncate long lines even when the window has become narrower.
    private static final String BEGIN = "\u001b[?25l\u001b[?7l";
    private static final String END = "\u001b[?7h\u001b[?25h";
    private static final String EMPTY_LINE = "\u001b[2K";
    private static final String REST_OF_SCREEN = "\u001b[J";

    private final Terminal terminal;
    private final List<String> news = new ArrayList<>();
    private List<DemoSnapshot> avatars = List.of();
    private int drawn;

    /** Terminal lines needed for everything: title, header, two empty lines, and one for the cursor. */
    static int height(int avatars) {
        return avatars + NEWS + 5;
    }

    DemoTable(Terminal terminal) {
        this.terminal = terminal;
        terminal.out().print(BEGIN);
    }

    @Override
    public void message(Duration at, String sentence) {
        news.add(TextWidth.padded(at.toSeconds() + " s", NAME, false) + "  " + sentence);
        draw(at);
    }

    @Override
    public void progress(Duration at, List<DemoSnapshot> now) {
        avatars = List.copyOf(now);
        draw(at);
    }

    private void draw(Duration at) {
        List<String> lines = new ArrayList<>();
        lines.add(terminal.bold("avatar-monitor demo") + "  " + at.toSeconds() + " s");
        lines.add("");
        if (!avatars.isEmpty()) {
            lines.add(terminal.bold(line("AVATAR", "TYPE", "FAL SAYS", "STATUS", "CHECKS", "WHAT HAPPENED")));
        }
        for (DemoSnapshot seen : avatars) {
            lines.add(line(
                    seen.name(),
                    seen.type(),
                    seen.atFal(),
                    seen.status(),
                    Integer.toString(seen.checks()),
                    seen.happened()));
        }
        lines.add("");
        for (String item : news.subList(Math.max(0, news.size() - NEWS), news.size())) {
            lines.add(TextWidth.cut(item, terminal.width()));
        }
        StringBuilder frame = new StringBuilder("\r");
        if (drawn > 0) {
            frame.append("\u001b[").append(drawn).append('A');
        }
        lines.forEach(line -> frame.append(EMPTY_LINE).append(line).append("\r\n"));
        terminal.out().print(frame.append(REST_OF_SCREEN));
        terminal.out().flush();
        drawn = lines.size();
    }

    private String line(String name, String type, String atFal, String status, String checks, String happened) {
        String start = cell(name, NAME) + cell(type, TYPE) + cell(atFal, AT_FAL) + cell(status, STATUS)
                + TextWidth.padded(checks, CHECKS, true) + "  ";
        int left = Math.max(0, terminal.width() - TextWidth.width(start));
        return start + TextWidth.cut(UntrustedText.cell(happened), left);
    }

    private static String cell(String text, int width) {
        return TextWidth.padded(TextWidth.cut(text, width), width, false) + "  ";
    }

    @Override
    public void close() {
        terminal.out().print(END);
        terminal.out().println();
        terminal.out().flush();
    }
}
