package avatarmonitor.store;

import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.FreshPlan;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGProperty;

/**
 * Settings of a PostgreSQL connection, with timeouts in increasing order. A worker that freezes while it holds Quartz's
 * lock would stop the whole cluster, so the server ends its transaction first ({@link #IDLE_IN_TRANSACTION}). Waiting
 * for the lock takes longer than that ({@link #LOCK_WAIT}), a statement may take longer still, and the driver waits
 * longest before it considers the server dead.
 */
final class PostgresConnection {
    static final String PREFIX = "jdbc:postgresql:";

    static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(10);
    static final Duration LOCK_WAIT = Duration.ofSeconds(12);
    static final Duration STATEMENT = Duration.ofSeconds(15);
    static final Duration SOCKET = Duration.ofSeconds(20);
    static final Duration CONNECT = Duration.ofSeconds(5);

    /** How long the driver remembers that a host is a standby, when the URL names several. */
    static final Duration HOST_RECHECK = Duration.ofSeconds(2);

    /** Columns of the row that the session setup returns. */
    static final String IN_RECOVERY = "in_recovery";

    static final String READ_ONLY = "read_only";

    private static final Pattern USER_INFO = Pattern.compile("//([^/@?:]*)(?::([^/@?]*))?@");

    /** Parameters with a fixed set of values, which the driver would check only when it connects, or never. */
    private static final Set<String> CHOICES =
            Set.of("sslmode", "sslNegotiation", "channelBinding", "gssEncMode", "targetServerType", "preferQueryMode");

    private PostgresConnection() {}

    static ConnectionSettings settings(StoreConfig config) {
        String[] urlAndQuery = config.url().split("\\?", 2);
        String url = urlAndQuery[0];
        Map<String, String> found = new LinkedHashMap<>();
        Matcher userInfo = USER_INFO.matcher(url);
        if (userInfo.find()) {
            found.put("user", decode(userInfo.group(1)));
            found.put("password", userInfo.group(2) == null ? "" : decode(userInfo.group(2)));
            url = userInfo.replaceFirst("//");
        }
        List<String> rest = new ArrayList<>();
        Map<String, String> driver = defaults();
        if (hasSeveralHosts(url)) {
            driver.put("targetServerType", "primary");
            driver.put("hostRecheckSeconds", seconds(HOST_RECHECK));
        }
        for (String parameter : urlAndQuery.length == 1 ? new String[0] : urlAndQuery[1].split("&", -1)) {
            String[] keyAndValue = parameter.split("=", 2);
            String key = keyAndValue[0];
            String value = keyAndValue.length == 2 ? decode(keyAndValue[1]) : "";
            if (key.equals("user") || key.equals("password")) {
                found.put(key, value);
            } else if (key.equals("stringtype") && !value.equals("unspecified")) {
                throw new StoreException(
                        "db.url sets stringtype=" + value
                                + " but it must be unspecified: status columns that are enums could not be written; leave it out");
            } else if (!parameter.isEmpty()) {
                requireKnownValue(key, value);
                rest.add(parameter);
                driver.remove(key);
            }
        }
        return new ConnectionSettings(
                Dialect.POSTGRESQL,
                rest.isEmpty() ? url : url + "?" + String.join("&", rest),
                ConnectionSettings.firstGiven(config.user(), found.getOrDefault("user", "")),
                ConnectionSettings.firstGiven(config.password(), found.getOrDefault("password", "")),
                driver,
                session(IDLE_IN_TRANSACTION, LOCK_WAIT, STATEMENT),
                true,
                null);
    }

    static Map<String, String> parameters(String url) {
        String[] urlAndQuery = url.split("\\?", 2);
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : urlAndQuery.length == 1 ? new String[0] : urlAndQuery[1].split("&", -1)) {
            if (!parameter.isEmpty()) {
                String[] keyAndValue = parameter.split("=", 2);
                parameters.put(keyAndValue[0], keyAndValue.length == 2 ? decode(keyAndValue[1]) : "");
            }
        }
        return parameters;
    }

    /** The parameters that the driver knows. */
    static List<String> knownParameters() {
        return Arrays.stream(PGProperty.values()).map(PGProperty::getName).toList();
    }

    private static void requireKnownValue(String key, String value) {
        PGProperty property = CHOICES.contains(key) ? PGProperty.forName(key) : null;
        String[] choices = property == null ? null : property.getChoices();
        if (choices != null && Arrays.stream(choices).noneMatch(value::equalsIgnoreCase)) {
            throw new StoreException(
                    "db.url sets " + key + "=" + value + " but it must be one of " + String.join(", ", choices));
        }
    }

    /**
     * Returns settings for a migration.
     *
     * @param transaction timeout of a statement and of an open transaction
     * @param lock timeout of a wait for a lock
     */
    static ConnectionSettings forMigration(ConnectionSettings settings, Duration transaction, Duration lock) {
        return settings.withDriver(driver ->
                        driver.computeIfPresent("socketTimeout", (key, value) -> seconds(transaction.plusSeconds(30))))
                .withSessionSetup(session(transaction, lock, transaction));
    }

    /**
     * Returns settings for statements that look up many rows by key: nested loops over indexes are the only plan, made
     * for each execution, whatever the table statistics are; those of a queue are usually wrong.
     */
    static ConnectionSettings withFixedPlans(ConnectionSettings settings) {
        return settings.withSessionSetup(settings.sessionSetup().stripTrailing() + ", " + FreshPlan.settings(false)
                + ", set_config('plan_cache_mode', 'force_custom_plan', false)");
    }

    private static boolean hasSeveralHosts(String url) {
        String rest = url.substring(PREFIX.length());
        return rest.startsWith("//") && rest.substring(2).split("/", 2)[0].contains(",");
    }

    private static Map<String, String> defaults() {
        Map<String, String> driver = new LinkedHashMap<>();
        driver.put("ApplicationName", "avatar-monitor");
        // Lets text be bound to enum and json columns.
        driver.put("stringtype", "unspecified");
        driver.put("tcpKeepAlive", "true");
        driver.put("connectTimeout", seconds(CONNECT));
        driver.put("socketTimeout", seconds(SOCKET));
        return driver;
    }

    /** One statement, so that a new connection costs one round trip; the server notices a dead client within 25 s. */
    private static String session(Duration idleInTransaction, Duration lockWait, Duration statement) {
        return String.format(Locale.ROOT, """
                SELECT pg_is_in_recovery() AS in_recovery,
                       current_setting('transaction_read_only')::boolean AS read_only,
                       set_config('TimeZone', 'UTC', false),
                       set_config('row_security', 'off', false),
                       set_config('idle_in_transaction_session_timeout', '%d', false),
                       set_config('lock_timeout', '%d', false),
                       set_config('statement_timeout', '%d', false),
                       set_config('tcp_keepalives_idle', '10', false),
                       set_config('tcp_keepalives_interval', '5', false),
                       set_config('tcp_keepalives_count', '3', false),
                       set_config('tcp_user_timeout', '25000', false)
                """, idleInTransaction.toMillis(), lockWait.toMillis(), statement.toMillis());
    }

    private static String seconds(Duration duration) {
        return Long.toString(duration.toSeconds());
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
