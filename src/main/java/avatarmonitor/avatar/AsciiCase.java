package avatarmonitor.avatar;

/** Case conversion of ASCII letters only, independent of the locale (Java would convert the Turkish dotless i to I). */
public final class AsciiCase {
    private AsciiCase() {}

    /** Returns the text with {@code a} to {@code z} in upper case. */
    public static String upper(String text) {
        StringBuilder upper = new StringBuilder(text);
        for (int i = 0; i < upper.length(); i++) {
            char letter = upper.charAt(i);
            if (letter >= 'a' && letter <= 'z') {
                upper.setCharAt(i, (char) (letter - 'a' + 'A'));
            }
        }
        return upper.toString();
    }
}
