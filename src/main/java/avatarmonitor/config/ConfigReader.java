package avatarmonitor.config;

import avatarmonitor.config.Format.Reading;
import avatarmonitor.config.Format.Refused;
import avatarmonitor.config.Format.Value;
import avatarmonitor.text.Secrets;
import avatarmonitor.text.UntrustedText;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Parses the values in effect one by one. An invalid value adds a problem, and its default is used instead. */
final class ConfigReader {
    private final ShippedKeys keys;
    private final Map<String, RawValue> given;
    private final List<Problem> problems;
    private final Map<String, Setting> settings = new HashMap<>();
    private final Map<String, Duration> lengths = new HashMap<>();
    private final Set<String> refused = new HashSet<>();
    private final Secrets secrets = new Secrets();

    ConfigReader(ShippedKeys keys, Map<String, RawValue> given, List<Problem> problems) {
        this.keys = keys;
        this.given = given;
        this.problems = problems;
    }

    <T> T take(String key, Format<T> format) {
        RawValue standard = keys.defaults().get(key);
        if (standard == null) {
            throw new IllegalStateException("not a shipped key: " + key);
        }
        return take(key, format, standard);
    }

    /** Reads a key that the shipped file may lack, with a default. */
    <T> T take(String key, Format<T> format, RawValue standard) {
        if (settings.containsKey(key)) {
            throw new IllegalStateException("read twice: " + key);
        }
        return read(key, format, given.getOrDefault(key, standard), null).orElseGet(() -> {
            if (format.read(standard.text()) instanceof Value<T> value) {
                return value.value();
            }
            throw new IllegalStateException("the default of " + key + " cannot be read");
        });
    }

    /** Reads a required key. Without a valid value it adds a problem and returns {@code otherwise}. */
    <T> T require(String key, Format<T> format, String origin, T otherwise, String advice) {
        return read(key, format, given.getOrDefault(key, new RawValue("", origin)), advice)
                .orElse(otherwise);
    }

    /** @param whenMissing advice for an empty text; null when an empty text is a value like others */
    private <T> Optional<T> read(String key, Format<T> format, RawValue text, @Nullable String whenMissing) {
        settings.put(key, new Setting(key, format.shown(text.text()), text.origin()));
        format.secrets(text.text()).forEach(secrets::add);
        Reading<T> reading = text.read(format);
        if (reading instanceof Value<T> value) {
            if (value.value() instanceof Duration length) {
                lengths.put(key, length);
            }
            return Optional.of(value.value());
        }
        if (reading instanceof Refused<T> wrong) {
            refused.add(key);
            String missing = text.text().isEmpty() ? whenMissing : null;
            boolean hidden = missing != null || format.secret() || text.fromFile() || text.refused() != null;
            String shown = hidden ? null : format.shown(text.text());
            problems.add(new Problem(
                    key, text.origin(), shown, wrong.expected(), missing == null ? wrong.advice() : missing));
        }
        return Optional.empty();
    }

    /** The secrets in the keys that were read. */
    Secrets secrets() {
        return secrets;
    }

    /** Returns whether all these keys had valid values, so that comparing them makes sense. */
    boolean read(String... wanted) {
        return Set.of(wanted).stream().noneMatch(refused::contains);
    }

    /** Returns the valid value of a key whose format is a duration. */
    Duration length(String key) {
        return Objects.requireNonNull(lengths.get(key), key);
    }

    Setting setting(String key) {
        Setting setting = settings.get(key);
        if (setting == null) {
            throw new IllegalStateException("not read yet: " + key);
        }
        return setting;
    }

    boolean isShipped(String key) {
        return keys.defaults().containsKey(key);
    }

    Set<String> given() {
        return Set.copyOf(given.keySet());
    }

    /** Returns where a key was set; {@value Given#DEFAULT} when it was not. */
    String origin(String key) {
        RawValue set = given.get(key);
        return set == null ? RawValue.DEFAULT : set.origin();
    }

    /** Marks a shipped key as unused, since the type it belongs to is removed. */
    void leaveOut(String key) {
        RawValue standard = keys.defaults().get(key);
        if (standard != null) {
            settings.put(key, new Setting(key, UntrustedText.quoted(""), RawValue.DEFAULT));
        }
    }

    /**
     * Returns all settings in the order of the shipped file, then additional ones. A shipped key that no code reads is
     * a bug and causes an exception.
     */
    List<Setting> all() {
        Map<String, Setting> ordered = new LinkedHashMap<>();
        keys.names().forEach(key -> ordered.put(key, setting(key)));
        new TreeMap<>(settings).forEach(ordered::putIfAbsent);
        return List.copyOf(ordered.values());
    }
}
