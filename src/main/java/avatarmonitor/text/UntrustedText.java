package avatarmonitor.text;

/**
 * Sanitizer for untrusted text from fal, callers, the application and operators. Defines which characters are unsafe to
 * show, and one form of sanitized text for each place where text is shown. All forms are single lines.
 */
public final class UntrustedText {
    /** Enough for a reason, but not for a whole HTML page or stack trace. In UTF-16 units. */
    public static final int LINE_LENGTH_MAX = 500;

    /** Limit of echoed operator input, in characters. */
    private static final int QUOTED_LENGTH_MAX = 100;

    private static final int PATH_LENGTH_MAX = 300;

    private UntrustedText() {}

    /**
     * Returns whether a character is unsafe to show: control characters (C0, C1, DEL) drive terminals, line and
     * paragraph separators forge lines, bidirectional and other format characters change the displayed text, zero-width
     * and blank letters hide differences, unpaired surrogates and noncharacters are not text. Variation selectors and
     * combining marks belong to ordinary names and are safe.
     */
    public static boolean isUnsafe(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> isInvisible(character) || isNoncharacter(character);
        };
    }

    /** Characters of zero or blank width that Unicode classifies as letters or marks. */
    private static boolean isInvisible(int character) {
        return character == 0x034f
                || character == 0x115f
                || character == 0x1160
                || character == 0x3164
                || character == 0xffa0;
    }

    private static boolean isNoncharacter(int character) {
        return (character & 0xfffe) == 0xfffe || (character >= 0xfdd0 && character <= 0xfdef);
    }

    private static boolean isBlank(int character) {
        return isUnsafe(character) || Character.getType(character) == Character.SPACE_SEPARATOR;
    }

    /** {@link #line(String, int)} of at most {@value #LINE_LENGTH_MAX} UTF-16 units. */
    public static String line(String text) {
        return line(text, LINE_LENGTH_MAX);
    }

    /**
     * For reasons in a column, an event or a message: a run of blanks and unsafe characters becomes one blank. Ends
     * with … when truncated.
     *
     * @param lengthMax in UTF-16 units, at least 1
     */
    public static String line(String text, int lengthMax) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), lengthMax));
        boolean blankBefore = true;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            boolean blank = isBlank(character);
            if (line.length() + Character.charCount(character) > lengthMax - 1) {
                return line.append('…').toString();
            }
            if (!blank) {
                line.appendCodePoint(character);
            } else if (!blankBefore) {
                line.append(' ');
            }
            blankBefore = blank;
        }
        return line.toString().stripTrailing();
    }

    /** For terminal tables: each white space becomes a blank, other unsafe characters are removed. */
    public static String cell(String text) {
        StringBuilder cell = new StringBuilder(text.length());
        text.codePoints()
                .map(character -> Character.isWhitespace(character) ? ' ' : character)
                .filter(character -> !isUnsafe(character))
                .forEach(cell::appendCodePoint);
        return cell.toString();
    }

    /**
     * For log lines, without loss: {@code \n}, {@code \r}, {@code \t}, other unsafe characters as {@code \}{@code
     * u009b}.
     */
    public static String escaped(String text) {
        if (text.codePoints().noneMatch(UntrustedText::isUnsafe)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> {
            switch (character) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> append(escaped, character);
            }
        });
        return escaped.toString();
    }

    /**
     * Returns an equivalent JSON document with unsafe characters in its strings as {@code \}{@code u009b}.
     *
     * @param document as Gson writes it: C0 is escaped in it, or is white space between its parts
     */
    public static String json(String document) {
        if (document.codePoints().noneMatch(character -> character >= 0x7f && isUnsafe(character))) {
            return document;
        }
        StringBuilder json = new StringBuilder(document.length() + 16);
        document.codePoints().forEach(character -> {
            if (character < 0x7f) {
                json.append((char) character);
            } else {
                append(json, character);
            }
        });
        return json.toString();
    }

    private static void append(StringBuilder text, int character) {
        if (!isUnsafe(character)) {
            text.appendCodePoint(character);
            return;
        }
        for (char unit : Character.toChars(character)) {
            text.append("\\u").append(Integer.toHexString(0x10000 | unit), 1, 5);
        }
    }

    /** For echoed operator input: in quotation marks, at most 100 characters, unsafe ones as ?. */
    public static String quoted(String text) {
        return '"' + bounded(text, QUOTED_LENGTH_MAX) + '"';
    }

    /** For paths and names: like {@link #quoted} without quotation marks, at most 300 characters. */
    public static String path(String text) {
        return bounded(text, PATH_LENGTH_MAX);
    }

    private static String bounded(String text, int lengthMax) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(lengthMax)
                .map(character -> isUnsafe(character) ? '?' : character)
                .forEach(shown::appendCodePoint);
        return text.codePointCount(0, text.length()) > lengthMax
                ? shown.append('…').toString()
                : shown.toString();
    }
}
