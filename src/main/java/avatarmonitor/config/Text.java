package avatarmonitor.config;

/** How operators' input is repeated to them: on one line, bounded, without control characters. */
final class Text {
    private static final int LONGEST_SHOWN = 100;
    private static final int LONGEST_PATH_SHOWN = 300;

    private Text() {}

    static String quoted(String text) {
        return '"' + bounded(text, LONGEST_SHOWN) + '"';
    }

    /** A path or a name, without quotes. */
    static String plain(String text) {
        return bounded(text, LONGEST_PATH_SHOWN);
    }

    private static String bounded(String text, int longest) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(longest)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .forEach(shown::appendCodePoint);
        return text.codePointCount(0, text.length()) > longest
                ? shown.append('…').toString()
                : shown.toString();
    }
}
