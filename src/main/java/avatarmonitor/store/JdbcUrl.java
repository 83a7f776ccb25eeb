package avatarmonitor.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Facts about JDBC URLs. */
public final class JdbcUrl {
    private static final Pattern USER_INFO = Pattern.compile("//[^?]*@");
    private static final Pattern PARAMETER = Pattern.compile("([?&;])([^=&;]*)=([^&;]*)");

    private JdbcUrl() {}

    /**
     * The URL as it may be shown: without a password in its parameters or in its authority, and without the value of a parameter that the driver does
     * not know, which may be a misspelt password.
     */
    public static String withoutSecrets(String url) {
        List<String> unknown = unknownParameters(url);
        String masked =
                PARAMETER.matcher(url).replaceAll(parameter -> Matcher.quoteReplacement(masked(parameter, unknown)));
        return USER_INFO.matcher(masked).replaceAll("//***@");
    }

    /** What {@link #withoutSecrets} takes out of the URL: passwords, and texts that may be one. */
    public static List<String> secretsIn(String url) {
        List<String> unknown = unknownParameters(url);
        List<String> secrets = new ArrayList<>();
        PARAMETER
                .matcher(url)
                .results()
                .filter(parameter -> isSecret(parameter, unknown))
                .forEach(parameter -> secrets.add(parameter.group(3)));
        Matcher userInfo = USER_INFO.matcher(url);
        if (userInfo.find()) {
            String both = userInfo.group().substring(2, userInfo.group().length() - 1);
            secrets.add(both.substring(both.indexOf(':') + 1));
        }
        return secrets;
    }

    private static String masked(MatchResult parameter, List<String> unknown) {
        String shown = isSecret(parameter, unknown) ? "***" : parameter.group(3);
        return parameter.group(1) + parameter.group(2) + "=" + shown;
    }

    private static boolean isSecret(MatchResult parameter, List<String> unknown) {
        String name = parameter.group(2);
        return name.toLowerCase(Locale.ROOT).contains("password")
                || unknown.contains(name)
                || unknown.contains(name.strip().toUpperCase(Locale.ROOT));
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

    /** Names of parameters in the URL that its driver does not know, in their order. PostgreSQL's driver would ignore them. */
    public static List<String> unknownParameters(String url) {
        Collection<String> known = knownParameters(url);
        List<String> unknown = new ArrayList<>();
        if (url.startsWith(PostgresConnection.PREFIX)) {
            PostgresConnection.parameters(url).keySet().stream()
                    .filter(name -> !known.contains(name))
                    .forEach(unknown::add);
        } else if (url.startsWith(H2Connection.PREFIX)) {
            H2Connection.parameters(url).keySet().stream()
                    .filter(name -> !H2Connection.isParameter(name))
                    .forEach(unknown::add);
        }
        return unknown;
    }

    /** Names of the parameters that the URL may have, as far as they can be listed; empty for another database. */
    public static List<String> knownParameters(String url) {
        if (url.startsWith(PostgresConnection.PREFIX)) {
            return PostgresConnection.knownParameters();
        }
        return url.startsWith(H2Connection.PREFIX) ? H2Connection.knownParameters() : List.of();
    }
}
