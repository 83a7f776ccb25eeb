package avatarmonitor.config;

/** How operators' input is repeated to them: on one line, bounded, without control characters. */
final class Text {
    private static final int LONGEST_SHOWN = 100;

    private Text() {}

    static String quoted(String text) {
        StringBuilder shown = new StringBuilder("\"");
        text.codePoints()
                .limit(LONGEST_SHOWN)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .forEach(shown::appendCodePoint);
        return shown.append(text.codePointCount(0, text.length()) > LONGEST_SHOWN ? "…\"" : "\"")
                .toString();
    }
}
