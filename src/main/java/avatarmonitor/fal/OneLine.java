package avatarmonitor.fal;

/** Foreign text made fit for a log line, a database column and a terminal. */
final class OneLine {
    /** Enough for a reason; a whole HTML page or stack trace is not one. In UTF-16 units. */
    static final int LENGTH_MAX = 500;

    private OneLine() {}

    /** The text without control characters, halves of surrogate pairs and runs of blanks, cut to {@link #LENGTH_MAX}. */
    static String of(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), LENGTH_MAX));
        boolean blankBefore = true;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            boolean blank = isBlank(character);
            if (line.length() + Character.charCount(character) > LENGTH_MAX - 1) {
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

    /** Format characters count too: they could turn the writing direction of a log or terminal around. */
    private static boolean isBlank(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> true;
            default -> false;
        };
    }
}
