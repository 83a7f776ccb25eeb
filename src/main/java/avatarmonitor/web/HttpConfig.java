package avatarmonitor.web;

import avatarmonitor.http.Loopback;
import avatarmonitor.web.access.TokenBook;
import java.util.OptionalInt;

/**
 * Settings {@code http.*}.
 *
 * @param enabled whether a worker serves HTTP at all
 * @param host address to listen on; only a loopback address is allowed without a token
 * @param port the only acceptable port, 0 for any free one; empty for {@link #PORT_USUAL} or else the next free one
 * @param readOnly whether changes are refused even with a token
 * @param tokenForReading which callers need a token for reading
 * @param tokens without any of them nothing can be changed
 */
public record HttpConfig(
        boolean enabled,
        String host,
        OptionalInt port,
        boolean readOnly,
        TokenForReading tokenForReading,
        TokenBook tokens) {
    /** Default port; not used by any well-known service. */
    public static final int PORT_USUAL = 8_484;

    /** Which callers need a token for reading. */
    public enum TokenForReading {
        /** All except direct callers on this machine, while {@code http.host} is a loopback address. */
        AUTO,
        /** All callers. */
        ALWAYS
    }

    /** Returns whether only this machine can reach the address. */
    public boolean loopback() {
        return Loopback.is(host);
    }

    /** Returns whether any caller can make changes: with a token. */
    boolean writable() {
        return !readOnly && tokens.anyOperates();
    }
}
