package avatarmonitor.text;

/**
 * The one cleaner for text of others: fal, callers, the application, operators. It decides which characters are unsafe to show, and has one
 * form of clean text for each place where text is shown. All forms are single lines.
 */
public final class UntrustedText {
    /** Enough for a reason; a whole HTML page or stack trace is not one. In UTF-16 units. */
    public static final int LINE_LENGTH_MAX = 500;

    /** Of operators' input that is repeated to them, in characters. */
    private static final int QUOTED_LENGTH_MAX = 100;

    private static final int PATH_LENGTH_MAX = 300;

    private UntrustedText() {}

    /**
     * Whether a character could do more than be read: control characters (C0, C1, DEL) drive terminals, line and paragraph separators forge lines,
     * bidirectional and other format characters show another text than is there, zero-width and blank letters hide a difference, halves of surrogate
     * pairs and noncharacters are no text at all. Variation selectors and combining marks belong to ordinary names and are safe.
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

    /** Of no width, or as wide as a blank, though their category says that they are letters and marks. */
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
     * For reasons, in a column, an event or a message: runs of blanks and unsafe characters become one blank. Ends with … when it had to be cut.
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

    /** For a terminal, where columns must keep their places: white space becomes a blank each, other unsafe characters are left out. */
    public static String cell(String text) {
        StringBuilder cell = new StringBuilder(text.length());
        text.codePoints()
                .map(character -> Character.isWhitespace(character) ? ' ' : character)
                .filter(character -> !isUnsafe(character))
                .forEach(cell::appendCodePoint);
        return cell.toString();
    }

    /** For a log line, where nothing may be lost: {@code \n}, {@code \r}, {@code \t}, other unsafe characters as {@code \}{@code u009b}. */
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
     * A JSON document that means the same, with unsafe characters in its texts as {@code \}{@code u009b}.
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

    /** For operators' input that is repeated to them: in quotation marks, at most 100 characters, unsafe ones as ?. */
    public static String quoted(String text) {
        return '"' + bounded(text, QUOTED_LENGTH_MAX) + '"';
    }

    /** For a path or a name, as {@link #quoted} without quotation marks and at most 300 characters. */
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
