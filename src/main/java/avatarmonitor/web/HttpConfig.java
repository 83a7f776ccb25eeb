package avatarmonitor.web;

import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys {@code http.*}.
 *
 * @param enabled whether a worker serves HTTP at all
 * @param host address to listen on; only a loopback one may do without a token
 * @param port the only one that will do, 0 for any free one; empty for {@link #PORT_USUAL} or else the next free one
 * @param token null when none is set, and nothing can be changed over HTTP
 * @param readOnly whether changes are refused even with the token
 * @param tokenForReading who needs a token for reading
 * @param tokens further tokens; null when no file has any
 * @param tokenFile the file that {@code token} was read from, which counts in its place; null when it came from elsewhere
 */
public record HttpConfig(
        boolean enabled,
        String host,
        OptionalInt port,
        @Nullable AccessToken token,
        boolean readOnly,
        TokenForReading tokenForReading,
        @Nullable TokenFile tokens,
        @Nullable TokenFile tokenFile) {
    /** Not used by anything well known. */
    public static final int PORT_USUAL = 8_484;

    private static final Pattern LOOPBACK = Pattern.compile("(?i)localhost|127(\\.\\d{1,3}){3}|::1|\\[::1]");

    /** With a token that does not change. */
    public HttpConfig(
            boolean enabled,
            String host,
            OptionalInt port,
            @Nullable AccessToken token,
            boolean readOnly,
            TokenForReading tokenForReading,
            @Nullable TokenFile tokens) {
        this(enabled, host, port, token, readOnly, tokenForReading, tokens, null);
    }

    /** Who needs a token for reading. */
    public enum TokenForReading {
        /** Everybody but callers on this machine who come without a proxy, while {@code http.host} is this machine. */
        AUTO,
        /** Everybody. */
        ALWAYS
    }

    /** Whether anybody has a token. */
    public boolean anyToken() {
        return !new TokenBook(this).isEmpty();
    }

    /** Whether only this machine can reach the address. */
    public boolean loopback() {
        return isLoopback(host);
    }

    /** Whether this names the machine itself, told without asking a name server. */
    static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    /** Whether a caller can change something: with a token. */
    boolean writable() {
        return !readOnly && new TokenBook(this).anyOperates();
    }
}
