package avatarmonitor.store;

import java.util.Optional;
import java.util.regex.Pattern;

/** Facts about JDBC URLs. */
public final class JdbcUrl {
    private static final Pattern SECRET = Pattern.compile("(?i)(password=)[^&;]*");
    private static final Pattern USER_INFO = Pattern.compile("//[^?]*@");

    private JdbcUrl() {}

    /** The URL as it may be shown: without a password in its parameters or in its authority. */
    public static String withoutSecrets(String url) {
        return USER_INFO.matcher(SECRET.matcher(url).replaceAll("$1***")).replaceAll("//***@");
    }

    /** Why this URL cannot be the value of {@code db.url}, in words for its author; empty when it can be. */
    public static Optional<String> problem(String url) {
        try {
            ConnectionSettings.of(new StoreConfig(url, "", "", 1));
            return Optional.empty();
        } catch (StoreException e) {
            return Optional.ofNullable(e.getMessage());
        }
    }
}
