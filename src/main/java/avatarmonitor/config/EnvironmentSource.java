package avatarmonitor.config;

import avatarmonitor.config.Format.Refused;
import avatarmonitor.text.UntrustedText;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the environment: {@code AVATAR_MONITOR_*} for every key, and the variables of the key that fal's own clients
 * use. Each secret can also be in a file that the variable with suffix {@code _FILE} names.
 */
final class EnvironmentSource {
    /**
     * Variables that Kubernetes sets in every container next to a service called avatar-monitor. Rejecting them as
     * misspelt keys would prevent a start without any mistake of the operator.
     */
    private static final Pattern KUBERNETES = Pattern.compile(
            "AVATAR_MONITOR_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

    private static final String FAL_KEY = "fal.key";

    private final ShippedKeys keys;
    private final Map<String, String> environment;
    private final Path directory;
    private final Set<String> fileKeys;
    private final List<Problem> problems;
    private final SecretFile files;

    /**
     * Creates the reader without reading.
     *
     * @param fileKeys keys that the operator's file sets
     * @param directory base of the paths in {@code …_FILE}
     * @param warnings receives problems that do not prevent a start
     */
    EnvironmentSource(
            ShippedKeys keys,
            Map<String, String> environment,
            Set<String> fileKeys,
            Path directory,
            List<Problem> problems,
            List<Problem> warnings) {
        this.fileKeys = Set.copyOf(fileKeys);
        this.keys = keys;
        this.environment = environment;
        this.directory = directory;
        this.problems = problems;
        this.files = new SecretFile(warnings);
    }

    Map<String, RawValue> read() {
        Map<String, RawValue> values = new LinkedHashMap<>();
        for (String name : keys.variablesIn(environment)) {
            String variable = variable(name);
            String key = variable == null ? TrainingKeys.keyOf(name, fileKeys).orElse(null) : keys.keyOf(variable);
            if (key != null) {
                values.computeIfAbsent(key, first -> given(variable == null ? name : variable));
            } else if (!KUBERNETES.matcher(name).matches()) {
                problems.add(new Problem(
                        UntrustedText.quoted(name), "environment", "the variable of a key that exists", advice(name)));
            }
        }
        RawValue falKey = falKey(values.get(FAL_KEY));
        if (falKey != null) {
            values.put(FAL_KEY, falKey);
        }
        return values;
    }

    /** Returns the variable of a key that this name sets, directly or by a file; null when it is neither. */
    private @Nullable String variable(String name) {
        return keys.keyOf(name) != null ? name : ShippedKeys.valueVariable(name);
    }

    /** Returns the value of a variable or of its {@code …_FILE}. If one of them is empty, the other applies. */
    private RawValue given(String variable) {
        String fileVariable = ShippedKeys.fileVariable(variable);
        String value = environment.getOrDefault(variable, "");
        String file = environment.getOrDefault(fileVariable, "");
        if (file.isEmpty()) {
            return quoted(value)
                    ? RawValue.refused(
                            RawValue.variable(variable),
                            "the value without quotes",
                            "remove the quotes at both ends: a shell does, docker --env-file and Kubernetes keep them")
                    : new RawValue(value, RawValue.variable(variable));
        }
        if (!value.isEmpty()) {
            return RawValue.refused(
                    RawValue.variable(variable) + " and " + fileVariable,
                    "the value or a file that holds it",
                    "unset one of the two variables");
        }
        try {
            return files.read(directory.resolve(file), fileVariable);
        } catch (InvalidPathException notAPath) {
            return RawValue.refused(
                    RawValue.variable(fileVariable), "the path of a file", "this cannot be one: correct it");
        }
    }

    /** Returns whether the text starts and ends with the same quotation mark, which is hardly ever part of a value. */
    static boolean quoted(String text) {
        char first = text.isEmpty() ? 0 : text.charAt(0);
        return text.length() > 1 && (first == '"' || first == '\'') && text.charAt(text.length() - 1) == first;
    }

    private String advice(String name) {
        String base = ShippedKeys.valueVariable(name);
        List<String> known = keys.names().stream().map(ShippedKeys::variable).collect(Collectors.toUnmodifiableList());
        return Spelling.nearest(base == null ? name : base, known)
                .map(near -> "did you mean " + (base == null ? near : ShippedKeys.fileVariable(near)) + "?")
                .orElse("unset it; docs/configuration.md lists every key");
    }

    /**
     * Reads fal's key. An empty variable counts as not set, since {@code ${FAL_KEY:-}} in a compose file yields one.
     */
    private @Nullable RawValue falKey(@Nullable RawValue own) {
        RawValue whole = given("FAL_KEY");
        RawValue id = given("FAL_KEY_ID");
        RawValue secret = given("FAL_KEY_SECRET");
        List<RawValue> refused = Stream.of(own, whole, id, secret)
                .filter(one -> one != null && one.refused() != null)
                .map(Objects::requireNonNull)
                .toList();
        if (!refused.isEmpty()) {
            refused.stream().skip(1).forEach(this::refused);
            return refused.get(0);
        }
        RawValue key = own == null || own.text().isEmpty() ? null : own;
        if (!whole.text().isEmpty()) {
            key = agreed(key, whole);
        }
        if (id.text().isEmpty() != secret.text().isEmpty()) {
            String missing = id.text().isEmpty() ? "FAL_KEY_ID" : "FAL_KEY_SECRET";
            String set = id.text().isEmpty() ? "FAL_KEY_SECRET" : "FAL_KEY_ID";
            problems.add(new Problem(
                    FAL_KEY,
                    id.text().isEmpty() ? secret.origin() : id.origin(),
                    "FAL_KEY_ID and FAL_KEY_SECRET together, or FAL_KEY alone",
                    whole.text().isEmpty()
                            ? "set " + missing + " as well"
                            : "unset " + set + ", FAL_KEY is set already"));
        } else if (!id.text().isEmpty()) {
            String both = id.text() + ":" + secret.text();
            String origin = id.fromFile() || secret.fromFile()
                    ? id.origin() + " with " + secret.origin()
                    : RawValue.variable("FAL_KEY_ID") + " with FAL_KEY_SECRET";
            key = agreed(key, new RawValue(both, origin));
        }
        return key;
    }

    private void refused(RawValue given) {
        Refused<Object> why = Objects.requireNonNull(given.refused());
        problems.add(new Problem(FAL_KEY, given.origin(), why.expected(), why.advice()));
    }

    /** Rejects two different keys, since using either could hide the mistake. */
    private RawValue agreed(@Nullable RawValue first, RawValue second) {
        if (first != null && !first.text().equals(second.text())) {
            problems.add(new Problem(
                    FAL_KEY,
                    first.origin() + " and " + second.origin(),
                    "one key",
                    "they are not the same key: unset one of them"));
        }
        return second;
    }
}
