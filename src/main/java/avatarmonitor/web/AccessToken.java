package avatarmonitor.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a caller must know to change something. It never prints. */
public final class AccessToken {
    /** Fewer could be guessed. */
    public static final int LENGTH_MIN = 16;

    /** What may stand behind {@code Bearer} (RFC 6750). */
    private static final Pattern SENDABLE = Pattern.compile("[A-Za-z0-9._~+/-]{" + LENGTH_MIN + ",512}=*");

    private static final String SCHEME = "Bearer ";

    private final byte[] digest;

    /**
     * Takes a token as it was configured.
     *
     * @throws IllegalArgumentException when it is too short or could not be sent; the text never shows the value
     */
    public AccessToken(String value) {
        if (!usable(value)) {
            throw new IllegalArgumentException("the token is too short or holds characters that cannot be sent");
        }
        this.digest = digest(value);
    }

    /** Whether this text can be a token: at least {@link #LENGTH_MIN} letters, digits and {@code . _ ~ + / -}. */
    public static boolean usable(String value) {
        return SENDABLE.matcher(value).matches();
    }

    /** Digest of the token that this value of an {@code Authorization} header brings, to be compared by {@link #hasDigest}. */
    static byte[] digestOf(@Nullable String authorization) {
        String given = authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? ""
                : authorization.substring(SCHEME.length()).strip();
        return digest(given);
    }

    /** Whether this is the token's digest. Takes as long whatever is wrong with it. */
    boolean hasDigest(byte[] given) {
        return MessageDigest.isEqual(digest, given);
    }

    /** Digests are of one length, so that comparing them tells nothing about the length of the token either. */
    private static byte[] digest(String value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("this Java has no SHA-256", impossible);
        }
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
