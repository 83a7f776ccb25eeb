package avatarmonitor.config;

import avatarmonitor.config.Format.Reading;
import avatarmonitor.config.Format.Refused;
import avatarmonitor.config.Format.Value;
import avatarmonitor.text.Secrets;
import avatarmonitor.text.UntrustedText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The values in force, read one by one. A value that cannot be read becomes a problem and its default stands in for it. */
final class Values {
    private final ShippedKeys keys;
    private final Map<String, Given> given;
    private final List<Problem> problems;
    private final Map<String, Setting> settings = new HashMap<>();
    private final Set<String> refused = new HashSet<>();
    private final Secrets secrets = new Secrets();

    Values(ShippedKeys keys, Map<String, Given> given, List<Problem> problems) {
        this.keys = keys;
        this.given = given;
        this.problems = problems;
    }

    <T> T take(String key, Format<T> format) {
        Given standard = keys.defaults().get(key);
        if (standard == null) {
            throw new IllegalStateException("not a shipped key: " + key);
        }
        return take(key, format, standard);
    }

    /** Reads a key that may be missing in the shipped file, with its value when it is not set. */
    <T> T take(String key, Format<T> format, Given standard) {
        if (settings.containsKey(key)) {
            throw new IllegalStateException("read twice: " + key);
        }
        Given text = given.getOrDefault(key, standard);
        settings.put(key, new Setting(key, format.shown(text.text()), text.origin()));
        format.secrets(text.text()).forEach(secrets::add);
        Reading<T> reading = text.read(format);
        if (reading instanceof Value<T> value) {
            return value.value();
        }
        if (reading instanceof Refused<T> wrong) {
            refused.add(key);
            boolean hidden = format.secret() || text.fromFile() || text.refused() != null;
            String shown = hidden ? null : format.shown(text.text());
            problems.add(new Problem(key, text.origin(), shown, wrong.expected(), wrong.advice()));
        }
        if (format.read(standard.text()) instanceof Value<T> value) {
            return value.value();
        }
        throw new IllegalStateException("the default of " + key + " cannot be read");
    }

    /** What the keys that were taken hold of secrets. */
    Secrets secrets() {
        return secrets;
    }

    /** Whether the values of all these keys are what was given, so that it makes sense to compare them. */
    boolean read(String... wanted) {
        return Set.of(wanted).stream().noneMatch(refused::contains);
    }

    /** The setting of a key that was taken. */
    Setting setting(String key) {
        Setting setting = settings.get(key);
        if (setting == null) {
            throw new IllegalStateException("not read yet: " + key);
        }
        return setting;
    }

    /** Reads a required key. Without a usable value there is a problem, and the other value stands in for it. */
    <T> T require(String key, Format<T> format, String origin, T otherwise, String advice) {
        Given text = given.getOrDefault(key, new Given("", origin));
        settings.put(key, new Setting(key, format.shown(text.text()), text.origin()));
        Reading<T> reading = text.read(format);
        if (reading instanceof Value<T> value) {
            return value.value();
        }
        refused.add(key);
        if (reading instanceof Refused<T> wrong) {
            String shown = text.text().isEmpty() ? null : format.shown(text.text());
            problems.add(new Problem(
                    key, text.origin(), shown, wrong.expected(), text.text().isEmpty() ? advice : wrong.advice()));
        }
        return otherwise;
    }

    boolean isShipped(String key) {
        return keys.defaults().containsKey(key);
    }

    /** The keys that are set. */
    Set<String> given() {
        return Set.copyOf(given.keySet());
    }

    /** Where a key was set; the word for a default when it was not. */
    String origin(String key) {
        Given set = given.get(key);
        return set == null ? Given.DEFAULT : set.origin();
    }

    /** A shipped key that is not read, since what it belongs to is left out. */
    void leaveOut(String key) {
        Given standard = keys.defaults().get(key);
        if (standard != null) {
            settings.put(key, new Setting(key, UntrustedText.quoted(""), Given.DEFAULT));
        }
    }

    /** Everything in the order of the shipped file, then what is set beside it. A key that nothing read is a bug: operators would set it in vain. */
    List<Setting> all() {
        Map<String, Setting> ordered = new LinkedHashMap<>();
        keys.names().forEach(key -> ordered.put(key, setting(key)));
        new TreeMap<>(settings).forEach(ordered::putIfAbsent);
        return List.copyOf(ordered.values());
    }
}
