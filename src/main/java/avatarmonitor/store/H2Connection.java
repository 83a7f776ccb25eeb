package avatarmonitor.store;

import avatarmonitor.store.sql.Dialect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.h2.api.ErrorCode;
import org.h2.command.dml.SetTypes;
import org.h2.engine.ConnectionInfo;
import org.h2.message.DbException;

/**
 * Settings of an embedded database. A URL with just the file is sufficient; missing settings are added, conflicting
 * ones are rejected.
 */
final class H2Connection {
    /**
     * H2's default name of the first user, which every SQL shell proposes: the creator of the file becomes its
     * administrator.
     */
    private static final String USUAL_USER = "sa";

    static final String PREFIX = "jdbc:h2:";

    /** File system whose channels an interrupt does not close; closing a plain one would close the whole database. */
    private static final String CHANNEL = PREFIX + "async:";

    /**
     * Lock timeout in milliseconds. With H2's default of 2 s Quartz fails under load; H2 gives up after three such
     * waits.
     */
    private static final String LOCK_TIMEOUT = "60000";

    private static final Pattern FILE =
            Pattern.compile("(?:file:|async:)(?<named>.+)|(?<path>[./~\\\\].*|[A-Za-z]:[/\\\\].*)");
    private static final Pattern SEPARATOR = Pattern.compile("(?<!\\\\);");

    /** Settings of a session, or settings that any user may repeat unchanged; all others require the administrator. */
    private static final Set<String> OF_SESSION = Set.of(
            "MODE",
            "DEFAULT_NULL_ORDERING",
            "LOCK_TIMEOUT",
            "QUERY_TIMEOUT",
            "SCHEMA",
            "SCHEMA_SEARCH_PATH",
            "TIME ZONE",
            "LAZY_QUERY_EXECUTION");

    private static final String SEARCH_PATH = "SCHEMA_SEARCH_PATH=";

    /** Larger results of one query go to a temporary file, which H2 creates with the permissions of the umask. */
    private static final String ROWS_IN_MEMORY = "100000";

    static {
        bindToLoopback();
        OwnerOnlyFilePath.register();
    }

    private H2Connection() {}

    /** Returns the schemas that {@code SCHEMA_SEARCH_PATH} names. */
    static List<String> searchPath(String url) {
        return SEPARATOR
                .splitAsStream(url)
                .filter(setting -> setting.regionMatches(true, 0, SEARCH_PATH, 0, SEARCH_PATH.length()))
                .flatMap(setting ->
                        Stream.of(setting.substring(SEARCH_PATH.length()).split(",", -1)))
                .map(schema -> schema.strip().replace("\"", ""))
                .toList();
    }

    /**
     * Binds H2's server for other local processes to loopback. H2 reads the address once, when its classes are loaded,
     * so this must run before.
     */
    static void bindToLoopback() {
        if (System.getProperty("h2.bindAddress") == null) {
            System.setProperty("h2.bindAddress", "127.0.0.1");
        }
    }

    static ConnectionSettings settings(StoreConfig config) {
        String[] parts = SEPARATOR.split(config.url().substring(PREFIX.length()), -1);
        Matcher file = FILE.matcher(parts[0]);
        if (!file.matches()) {
            throw new StoreException(
                    "db.url must name an H2 file, such as jdbc:h2:file:./data/avatar-monitor: a database in"
                            + " memory ends with its process and no other command could look into it; several machines need"
                            + " PostgreSQL");
        }
        Map<String, String> settings = parameters(config.url());
        String given = ConnectionSettings.firstGiven(config.user(), remove(settings, "USER"));
        String user = given.isEmpty() ? USUAL_USER : given;
        String password = ConnectionSettings.firstGiven(config.password(), remove(settings, "PASSWORD"));
        if (settings.containsKey("INIT")) {
            throw new StoreException("db.url sets INIT, which would run SQL at each connection, also as administrator;"
                    + " select a schema by SCHEMA=name or SCHEMA_SEARCH_PATH=name,public and run other SQL by hand");
        }
        pin(settings, "MODE", "PostgreSQL", "the statements are written for that mode");
        pin(settings, "DATABASE_TO_LOWER", "TRUE", "the statements are written for lower-case names");
        pin(settings, "DEFAULT_NULL_ORDERING", "HIGH", "rows would come in another order than on PostgreSQL");
        pin(settings, "AUTO_SERVER", "TRUE", "no other command could look while a worker runs");
        pin(settings, "WRITE_DELAY", "0", "committed rows would be lost when the process is killed");
        settings.putIfAbsent("LOCK_TIMEOUT", LOCK_TIMEOUT);
        // Failures are thrown and logged by the caller. The trace file beside the database would grow without limit.
        settings.putIfAbsent("TRACE_LEVEL_FILE", "0");
        settings.putIfAbsent("MAX_MEMORY_ROWS", ROWS_IN_MEMORY);

        StringBuilder url = new StringBuilder(CHANNEL)
                .append(file.group("named") == null ? file.group("path") : file.group("named"));
        settings.forEach((key, value) -> url.append(';').append(key).append('=').append(value));
        return new ConnectionSettings(
                Dialect.H2, url.toString(), user, password, Map.of(), "SET TIME ZONE 'UTC'", true, null);
    }

    /** Returns the settings in a URL, names in upper case. */
    static Map<String, String> parameters(String url) {
        String[] parts = SEPARATOR.split(url.substring(PREFIX.length()), -1);
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            if (!parts[i].isBlank()) {
                String[] keyAndValue = parts[i].split("=", 2);
                settings.put(
                        keyAndValue[0].strip().toUpperCase(Locale.ROOT), keyAndValue.length == 2 ? keyAndValue[1] : "");
            }
        }
        return settings;
    }

    /** Returns the URL without settings that only an administrator may use. */
    static String withoutAdministration(String url) {
        StringBuilder kept = new StringBuilder(CHANNEL).append(file(url));
        parameters(url).forEach((key, value) -> {
            if (OF_SESSION.contains(key) || !SetTypes.getTypes().contains(key)) {
                kept.append(';').append(key).append('=').append(value);
            }
        });
        return kept.toString();
    }

    /** Returns the driver's form of a complete URL: same file, created with access for its owner only. */
    static String driverUrl(String url) {
        return PREFIX + OwnerOnlyFilePath.SCHEME + ":" + url.substring(PREFIX.length());
    }

    /** Returns whether the file is encrypted, which requires a configured password. */
    static boolean isEncrypted(String url) {
        return parameters(url).containsKey("CIPHER");
    }

    /** Returns whether H2 knows a setting of this name; opens nothing. */
    static boolean isParameter(String name) {
        try {
            Object unused = new ConnectionInfo(CHANNEL + "./x;" + name + "=", new Properties(), null, null);
            return true;
        } catch (DbException e) {
            return e.getErrorCode() != ErrorCode.UNSUPPORTED_SETTING_1;
        }
    }

    /** The known settings that can be listed. */
    static List<String> knownParameters() {
        List<String> known = new ArrayList<>(SetTypes.getTypes());
        known.addAll(List.of("USER", "PASSWORD", "CIPHER", "IFEXISTS", "AUTO_SERVER", "FILE_LOCK", "AUTO_SERVER_PORT"));
        return known;
    }

    static String withoutCreating(String url) {
        return url.matches("(?i).*;IFEXISTS=.*") ? url : url + ";IFEXISTS=TRUE";
    }

    /** Returns whether H2 creates the file of this URL when it is missing. */
    static boolean isCreating(String url) {
        return !url.matches("(?i).*;IFEXISTS=TRUE.*");
    }

    /** Returns the file of a complete URL, without the settings. */
    static String file(String url) {
        return SEPARATOR.split(url.substring(CHANNEL.length()), -1)[0];
    }

    private static void pin(Map<String, String> settings, String key, String value, String otherwise) {
        String given = settings.putIfAbsent(key, value);
        if (given != null && !given.equalsIgnoreCase(value)) {
            throw new StoreException("db.url sets " + key + "=" + given + " but it must be " + value + ": " + otherwise
                    + "; leave it out, it is added");
        }
    }

    private static String remove(Map<String, String> settings, String key) {
        String value = settings.remove(key);
        return value == null ? "" : value;
    }
}
