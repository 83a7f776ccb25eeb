package avatarmonitor.web;

import avatarmonitor.http.Loopback;
import avatarmonitor.web.access.AccessToken;
import avatarmonitor.web.access.TokenBook;
import avatarmonitor.web.access.TokenFile;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Settings {@code http.*}.
 *
 * @param enabled whether a worker serves HTTP at all
 * @param host address to listen on; only a loopback address is allowed without a token
 * @param port the only acceptable port, 0 for any free one; empty for {@link #PORT_USUAL} or else the next free one
 * @param token null when none is set; then it permits no changes
 * @param readOnly whether changes are refused even with a token
 * @param tokenForReading which callers need a token for reading
 * @param tokens further tokens; null when no file has any
 * @param tokenFile the file that {@code token} was read from, used instead of it; null when it came from elsewhere
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
    /** Default port; not used by any well-known service. */
    public static final int PORT_USUAL = 8_484;

    /** Which callers need a token for reading. */
    public enum TokenForReading {
        /** All except direct callers on this machine, while {@code http.host} is a loopback address. */
        AUTO,
        /** All callers. */
        ALWAYS
    }

    public boolean anyToken() {
        return !tokenBook().isEmpty();
    }

    /** Returns whether only this machine can reach the address. */
    public boolean loopback() {
        return Loopback.is(host);
    }

    /** Returns whether any caller can make changes: with a token. */
    boolean writable() {
        return !readOnly && tokenBook().anyOperates();
    }

    /** All tokens of these settings, also those that are added to the files later. */
    TokenBook tokenBook() {
        return new TokenBook(token, tokenFile, tokens);
    }
}
