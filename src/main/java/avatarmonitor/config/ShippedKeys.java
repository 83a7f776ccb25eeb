package avatarmonitor.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The existing keys and their defaults, from the shipped {@code config/avatar-monitor.conf}, in its order. */
final class ShippedKeys {
    static final String RESOURCE = "config/avatar-monitor.conf";
    private static final String VARIABLE_PREFIX = "AVATAR_MONITOR_";
    private static final String FILE_SUFFIX = "_FILE";

    private final Map<String, RawValue> defaults = new LinkedHashMap<>();

    private ShippedKeys(Config shipped) {
        shipped.entrySet().stream()
                .sorted(Comparator.comparingInt(e -> e.getValue().origin().lineNumber()))
                .forEach(e -> defaults.put(e.getKey(), new RawValue(text(e.getValue()), RawValue.DEFAULT)));
    }

    /** Returns the text of a value. A list is rendered as HOCON, so that a key has the same text wherever it is set. */
    static String text(ConfigValue value) {
        return value.valueType() == ConfigValueType.LIST
                ? value.render(ConfigRenderOptions.concise())
                : value.atKey("it").getString("it");
    }

    static ShippedKeys load() {
        try (InputStream resource = ShippedKeys.class.getResourceAsStream("/" + RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException("the jar is incomplete: no " + RESOURCE);
            }
            Reader reader = new InputStreamReader(resource, StandardCharsets.UTF_8);
            return new ShippedKeys(ConfigFactory.parseReader(
                    reader, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, RawValue> defaults() {
        return Map.copyOf(defaults);
    }

    /** All keys in the order of the file. */
    List<String> names() {
        return List.copyOf(defaults.keySet());
    }

    /** Returns whether the key exists in the shipped file, or is a setting of a training type. */
    boolean has(String key) {
        return defaults.containsKey(key) || TrainingKeys.isSetting(key);
    }

    boolean isList(String key) {
        return TrainingKeys.isOutputs(key);
    }

    /** Returns whether this path contains keys, as {@code monitor} contains {@code monitor.interval}. */
    boolean isSection(String path) {
        return TrainingKeys.isType(path) || defaults.keySet().stream().anyMatch(key -> key.startsWith(path + "."));
    }

    /** Returns {@code AVATAR_MONITOR_FAL_BASE_URL} for {@code fal.base-url}. */
    static String variable(String key) {
        return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    @Nullable
    String keyOf(String variable) {
        return defaults.keySet().stream()
                .filter(key -> variable(key).equals(variable))
                .findFirst()
                .orElse(null);
    }

    /**
     * Returns the name of the variable that names a file with the value: {@code AVATAR_MONITOR_DB_PASSWORD_FILE} for
     * {@code AVATAR_MONITOR_DB_PASSWORD}.
     */
    static String fileVariable(String variable) {
        return variable + FILE_SUFFIX;
    }

    /** Returns the variable whose value the file holds; null when the name is not that of a file variable. */
    static @Nullable String valueVariable(String variable) {
        return variable.endsWith(FILE_SUFFIX) ? variable.substring(0, variable.length() - FILE_SUFFIX.length()) : null;
    }

    Set<String> variablesIn(Map<String, String> environment) {
        Set<String> ours = new TreeSet<>(environment.keySet());
        ours.removeIf(name -> !name.startsWith(VARIABLE_PREFIX));
        return ours;
    }
}
