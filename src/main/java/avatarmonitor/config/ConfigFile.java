package avatarmonitor.config;

import avatarmonitor.text.UntrustedText;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException.Parse;
import com.typesafe.config.ConfigException.UnresolvedSubstitution;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the operator's HOCON file. Problems never contain text of the file, nor the parser's message, which may quote
 * it: the invalid line or a misspelt key may hold a secret.
 */
final class ConfigFile {
    private static final long MOST_BYTES = 256 * 1024;

    private final ShippedKeys keys;
    private final Map<String, String> environment;
    private final List<Problem> problems;
    private final Map<String, RawValue> values = new LinkedHashMap<>();

    ConfigFile(ShippedKeys keys, Map<String, String> environment, List<Problem> problems) {
        this.keys = keys;
        this.environment = environment;
        this.problems = problems;
    }

    /** Returns the known keys that the file sets; empty when the file cannot be read, which adds a problem. */
    Optional<Map<String, RawValue>> read(Path file) {
        String refusal = unreadable(file);
        if (refusal != null) {
            problems.add(new Problem(file.toString(), "configuration file", "a HOCON file that can be read", refusal));
            return Optional.empty();
        }
        Config config = parse(file);
        if (config == null) {
            return Optional.empty();
        }
        collect(file, config.root(), List.of());
        return Optional.of(values);
    }

    private static @Nullable String unreadable(Path file) {
        try {
            if (!Files.exists(file)) {
                return "there is no such file: check the path after --config";
            }
            if (!Files.isRegularFile(file)) {
                return "this is not a file: name the file itself";
            }
            if (!Files.isReadable(file)) {
                return "the file may not be read by this user: change its permissions";
            }
            return Files.size(file) > MOST_BYTES ? "the file is larger than " + MOST_BYTES + " bytes" : null;
        } catch (IOException e) {
            return "the file cannot be read: " + e.getClass().getSimpleName();
        }
    }

    private @Nullable Config parse(Path file) {
        try {
            ConfigParseOptions options = ConfigParseOptions.defaults().setAllowMissing(false);
            Config parsed = ConfigFactory.parseFile(file.toFile(), options);
            return parsed.resolveWith(parsed.withFallback(variables()), ConfigResolveOptions.noSystem());
        } catch (UnresolvedSubstitution e) {
            String where = where(e.origin(), file);
            problems.add(new Problem(
                    where,
                    "configuration file",
                    "${NAME} only for keys of the file and environment variables that exist",
                    "set what the line refers to, or write ${?NAME} where it may be missing"));
        } catch (Parse e) {
            problems.add(new Problem(
                    where(e.origin(), file),
                    "configuration file",
                    "valid HOCON",
                    "look at this line and just above it for a missing quote, brace or = sign;"
                            + " a text that holds : or / needs double quotes"));
        } catch (com.typesafe.config.ConfigException e) {
            problems.add(new Problem(
                    where(e.origin(), file), "configuration file", "valid HOCON", "check the includes of the file"));
        } catch (StackOverflowError e) {
            problems.add(
                    new Problem(file.toString(), "configuration file", "valid HOCON", "the file is nested too deeply"));
        }
        return null;
    }

    /**
     * Resolves {@code ${NAME}} in the file from the environment. Names are taken literally, without HOCON path syntax.
     */
    private Config variables() {
        Map<String, ConfigValue> variables = new HashMap<>();
        environment.forEach(
                (name, value) -> variables.put(name, ConfigValueFactory.fromAnyRef(value, RawValue.variable(name))));
        return ConfigValueFactory.fromMap(variables).toConfig();
    }

    private void collect(Path file, ConfigObject section, List<String> parents) {
        List<Map.Entry<String, ConfigValue>> inOrder = new ArrayList<>(section.entrySet());
        inOrder.sort(Comparator.comparingInt(e -> e.getValue().origin().lineNumber()));
        for (Map.Entry<String, ConfigValue> entry : inOrder) {
            List<String> path = new ArrayList<>(parents);
            path.add(entry.getKey());
            String key = ConfigUtil.joinPath(path);
            ConfigValue value = entry.getValue();
            String where = where(value.origin(), file);
            if (value instanceof ConfigObject inner && !keys.has(key) && (keys.isSection(key) || !inner.isEmpty())) {
                collect(file, inner, path);
            } else if (keys.has(key)) {
                take(key, value, where);
            } else if (value.valueType() == ConfigValueType.NULL && TrainingKeys.isType(key)) {
                values.put(key, new RawValue(TrainingKeys.LEFT_OUT, where));
            } else if (keys.isSection(key)) {
                problems.add(
                        new Problem(key, where, "a section { … }", "set the keys inside it, such as " + firstOf(key)));
            } else {
                problems.add(new Problem(UntrustedText.quoted(key), where, "a key that exists", advice(key)));
            }
        }
    }

    private void take(String key, ConfigValue value, String where) {
        ConfigValueType type = value.valueType();
        if (keys.isList(key) && type == ConfigValueType.LIST) {
            values.put(key, new RawValue(ShippedKeys.text(value), where));
        } else if (keys.isList(key) && type != ConfigValueType.STRING && type != ConfigValueType.NULL) {
            problems.add(new Problem(key, where, "a list", "write " + key + " = [{column = \"path\"}]"));
        } else if (type == ConfigValueType.OBJECT || type == ConfigValueType.LIST) {
            problems.add(new Problem(key, where, "one value", "write " + key + " = VALUE, without braces or brackets"));
        } else if (type != ConfigValueType.NULL) {
            // Keep numbers as written: a password 007 must not become 7.
            values.put(key, new RawValue(ShippedKeys.text(value), where));
        }
    }

    private String advice(String key) {
        return Spelling.nearest(key, TrainingKeys.namesLike(key, keys.names()))
                .map(near -> "did you mean " + near + "?")
                .orElse("remove it; docs/configuration.md lists every key");
    }

    private String firstOf(String section) {
        return keys.names().stream()
                .filter(k -> k.startsWith(section + "."))
                .findFirst()
                .orElse(section);
    }

    private static String where(@Nullable ConfigOrigin origin, Path file) {
        if (origin == null) {
            return file.toString();
        }
        if (origin.filename() == null) {
            return origin.description();
        }
        return origin.lineNumber() < 0 ? origin.filename() : origin.filename() + ":" + origin.lineNumber();
    }
}
