package avatarmonitor.avatar;

/** Letter case of words that programs agree on: only ASCII letters have one. Java would take the dotless i of Turkish for an I. */
final class AsciiCase {
    private AsciiCase() {}

    /** The text with {@code a} to {@code z} in upper case. */
    static String upper(String text) {
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
