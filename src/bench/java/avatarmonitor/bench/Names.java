package avatarmonitor.bench;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names and due times of the triggers: spread like the random ids of avatars, but the same in every run, in Java and in
 * SQL.
 */
final class Names {
    /** SQL expression for the name of number {@code n}. */
    static final String SQL = "CAST(md5(CAST(n AS text)) AS uuid)::text";

    /** SQL expression for its offset in milliseconds; its only parameter is the interval. */
    static final String SQL_OFFSET =
            "(CAST(CAST('x' || substr(md5(CAST(n AS text)), 1, 8) AS bit(32)) AS bigint) %% %d)";

    private Names() {}

    static String of(int n) {
        String hex = hash(n);
        return String.join(
                "-",
                hex.substring(0, 8),
                hex.substring(8, 12),
                hex.substring(12, 16),
                hex.substring(16, 20),
                hex.substring(20));
    }

    static long offsetMillis(int n, long spreadMillis) {
        return Long.parseLong(hash(n).substring(0, 8), 16) % spreadMillis;
    }

    private static String hash(int n) {
        try {
            byte[] digits = Integer.toString(n).getBytes(StandardCharsets.US_ASCII);
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(digits));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
