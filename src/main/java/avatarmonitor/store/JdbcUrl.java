package avatarmonitor.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Analysis of JDBC URLs. */
public final class JdbcUrl {
    private static final Pattern USER_INFO = Pattern.compile("//[^?]*@");
    private static final Pattern PARAMETER = Pattern.compile("([?&;])([^=&;]*)=([^&;]*)");

    /** Socket factories of the driver that verify the server; empty means the driver's default. */
    private static final Set<String> VERIFYING_FACTORIES = Set.of(
            "",
            "org.postgresql.ssl.LibPQFactory",
            "org.postgresql.ssl.DefaultJavaSSLFactory",
            "org.postgresql.ssl.SingleCertValidatingFactory");

    private JdbcUrl() {}

    /**
     * Returns the URL for display: without a password in its parameters or its authority, and without the value of a
     * parameter that the driver does not know, which may be a misspelt password.
     */
    public static String withoutSecrets(String url) {
        List<String> unknown = unknownParameters(url);
        String masked =
                PARAMETER.matcher(url).replaceAll(parameter -> Matcher.quoteReplacement(masked(parameter, unknown)));
        return USER_INFO.matcher(masked).replaceAll("//***@");
    }

    /** Returns what {@link #withoutSecrets} removes from the URL: passwords, and texts that may be one. */
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

    /** Returns the hosts of a PostgreSQL URL in order; empty for another database. */
    public static List<String> hosts(String url) {
        Properties parsed = url.startsWith(PostgresConnection.PREFIX) ? Driver.parseURL(url, null) : null;
        return parsed == null
                ? List.of()
                : List.of(parsed.getProperty(PGProperty.PG_HOST.getName(), "").split(",", -1));
    }

    /** Returns the effective {@code sslmode} of a PostgreSQL URL. */
    public static String sslMode(String url) {
        return TlsFailure.mode(url);
    }

    /**
     * Returns whether this PostgreSQL URL accepts only a server with a trusted certificate for its name: {@code
     * sslmode} is {@code verify-full} and no class is named that may verify less strictly.
     */
    public static boolean verifiesServer(String url) {
        Map<String, String> parameters = PostgresConnection.parameters(url);
        return sslMode(url).equals("verify-full")
                && VERIFYING_FACTORIES.contains(parameters.getOrDefault("sslfactory", ""))
                && parameters.getOrDefault("sslhostnameverifier", "").isEmpty();
    }

    /** Returns why this URL is invalid for {@code db.url}, for the operator; empty when it is valid. */
    public static Optional<String> problem(String url) {
        try {
            ConnectionSettings.of(new StoreConfig(url, "", "", 1));
            return Optional.empty();
        } catch (StoreException e) {
            return Optional.ofNullable(e.getMessage());
        }
    }

    /**
     * Returns the parameters of the URL that its driver does not know, in order. PostgreSQL's driver would ignore them.
     */
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

    /** Returns the known parameters of such a URL, as far as they can be listed; empty for another database. */
    public static List<String> knownParameters(String url) {
        if (url.startsWith(PostgresConnection.PREFIX)) {
            return PostgresConnection.knownParameters();
        }
        return url.startsWith(H2Connection.PREFIX) ? H2Connection.knownParameters() : List.of();
    }
}
