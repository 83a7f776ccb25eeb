package avatarmonitor.check.decision;

import avatarmonitor.text.UntrustedText;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Validates URLs of models. They are stored as fal returned them, since only the storage server knows its escaping;
 * {@link java.net.URI} rejects many that storage services return and browsers load: {@code _} in the host, blanks,
 * brackets and bars in path and query. So only the parts that determine where a client connects are checked.
 */
final class ModelUrl {
    private static final Pattern PORT = Pattern.compile("|:\\d{1,5}");
    /** Labels of letters, digits, hyphens and underscores in any script. */
    private static final Pattern NAME =
            Pattern.compile("[\\p{L}\\p{N}\\p{M}_-]{1,63}(\\.[\\p{L}\\p{N}\\p{M}_-]{1,63}){0,126}\\.?");

    private static final Pattern ADDRESS = Pattern.compile("\\[[0-9A-Fa-f:.]{2,45}]");

    private ModelUrl() {}

    /**
     * Returns what is wrong with a URL, as the end of a sentence that names it; empty when it is valid.
     *
     * @param plainHttp whether http is allowed beside https
     */
    static Optional<String> problem(String url, boolean plainHttp) {
        if (url.codePoints().anyMatch(ModelUrl::isUnprintable)) {
            return Optional.of("has control or unreadable characters");
        }
        int scheme = url.indexOf("://");
        String name = scheme < 0 ? "" : url.substring(0, scheme);
        if (!name.equalsIgnoreCase("https") && !(plainHttp && name.equalsIgnoreCase("http"))) {
            return Optional.of("is not an https URL");
        }
        return isPlainHost(authority(url.substring(scheme + 3))) ? Optional.empty() : Optional.of("has no plain host");
    }

    private static String authority(String rest) {
        int end = 0;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        return rest.substring(0, end);
    }

    /** Accepts host and port, without user information, escapes and blanks. */
    private static boolean isPlainHost(String authority) {
        int bracket = authority.lastIndexOf(']');
        int colon = authority.indexOf(':', bracket < 0 ? 0 : bracket);
        String host = colon < 0 ? authority : authority.substring(0, colon);
        String port = colon < 0 ? "" : authority.substring(colon);
        boolean named = NAME.matcher(host).matches() || ADDRESS.matcher(host).matches();
        return named
                && PORT.matcher(port).matches()
                && (port.isEmpty() || Integer.parseInt(port.substring(1)) <= 65_535);
    }

    /** Format characters could disguise a URL; U+FFFD replaces bytes that could not be decoded. */
    private static boolean isUnprintable(int character) {
        return character == 0xfffd || UntrustedText.isUnsafe(character);
    }
}
