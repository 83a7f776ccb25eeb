package avatarmonitor.http;

import java.util.Locale;
import java.util.regex.Pattern;

/** Recognizes loopback hosts by their text, since the addresses of a name may change after the check. */
public final class Loopback {
    private static final Pattern HOST = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?");

    private Loopback() {}

    /**
     * Returns whether the host of a URL is {@code localhost}, {@code 127.x.x.x} or {@code ::1}; letter case is ignored.
     */
    public static boolean is(String host) {
        return HOST.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }
}
