package avatarmonitor.web.access;

import avatarmonitor.text.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A bearer token. Never printed. */
public final class AccessToken {
    /** Minimum length; shorter ones could be guessed. */
    public static final int LENGTH_MIN = 16;

    /** Characters allowed after {@code Bearer} (RFC 6750). */
    private static final Pattern SENDABLE = Pattern.compile("[A-Za-z0-9._~+/-]{" + LENGTH_MIN + ",512}=*");

    private static final String SCHEME = "Bearer ";

    private final byte[] digest;

    /**
     * Creates a token from its configured value.
     *
     * @throws IllegalArgumentException when it is too short or has invalid characters; the message never contains
     *     the value
     */
    public AccessToken(String value) {
        if (!usable(value)) {
            throw new IllegalArgumentException("the token is too short or holds characters that cannot be sent");
        }
        this.digest = digest(value);
    }

    /**
     * Returns whether this text is a valid token: at least {@link #LENGTH_MIN} letters, digits and {@code . _ ~ + / -}.
     */
    public static boolean usable(String value) {
        return SENDABLE.matcher(value).matches();
    }

    /** Returns the digest of the token in an {@code Authorization} header, for {@link #hasDigest}. */
    static byte[] digestOf(@Nullable String authorization) {
        String given = authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? ""
                : authorization.substring(SCHEME.length()).strip();
        return digest(given);
    }

    /** Compares digests in constant time. */
    boolean hasDigest(byte[] given) {
        return MessageDigest.isEqual(digest, given);
    }

    /** Digests have equal length, so that the comparison does not reveal the length of the token. */
    private static byte[] digest(String value) {
        return Sha256.of(StandardCharsets.UTF_8.encode(value));
    }

    @Override
    public String toString() {
        return "***";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AccessToken token && hasDigest(token.digest);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }
}
