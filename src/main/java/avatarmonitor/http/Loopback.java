package avatarmonitor.http;

import java.util.Locale;
import java.util.regex.Pattern;

/** Which hosts are this machine, by their text: what a name resolves to may change after the check. */
public final class Loopback {
    private static final Pattern HOST = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?");

    private Loopback() {}

    /** Whether the host of a URL is {@code localhost}, {@code 127.x.x.x} or {@code ::1}; letter case is ignored. */
    public static boolean is(String host) {
        return HOST.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }
}
