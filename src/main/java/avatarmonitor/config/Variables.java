package avatarmonitor.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the environment: {@code AVATAR_MONITOR_*} for every key, and the names under which fal's own clients look for the key. */
final class Variables {
    /**
     * What Kubernetes puts into every container beside a service that is called avatar-monitor. Taking it for misspelt keys
     * would keep the worker from starting for no fault of the operator.
     */
    private static final Pattern KUBERNETES = Pattern.compile(
            "AVATAR_MONITOR_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

    private static final String FAL_KEY = "fal.key";

    private final ShippedKeys keys;
    private final Map<String, String> environment;
    private final List<Problem> problems;

    Variables(ShippedKeys keys, Map<String, String> environment, List<Problem> problems) {
        this.keys = keys;
        this.environment = environment;
        this.problems = problems;
    }

    Map<String, Given> read() {
        Map<String, Given> values = new LinkedHashMap<>();
        for (String name : keys.variablesIn(environment)) {
            String key = keys.keyOf(name);
            if (key != null) {
                values.put(key, new Given(environment.getOrDefault(name, ""), Given.variable(name)));
            } else if (!KUBERNETES.matcher(name).matches()) {
                problem(Text.quoted(name), "environment", "the variable of a key that exists", advice(name));
            }
        }
        Given falKey = falKey(values.get(FAL_KEY));
        if (falKey != null) {
            values.put(FAL_KEY, falKey);
        }
        return values;
    }

    private String advice(String name) {
        List<String> known = keys.names().stream().map(ShippedKeys::variable).collect(Collectors.toUnmodifiableList());
        return Spelling.nearest(name, known)
                .map(near -> "did you mean " + near + "?")
                .orElse("unset it; docs/configuration.md lists every key");
    }

    /** An empty variable counts as not set: that is what {@code ${FAL_KEY:-}} in a compose file makes of a missing one. */
    private @Nullable Given falKey(@Nullable Given own) {
        String whole = environment.getOrDefault("FAL_KEY", "");
        String id = environment.getOrDefault("FAL_KEY_ID", "");
        String secret = environment.getOrDefault("FAL_KEY_SECRET", "");
        Given key = own == null || own.text().isEmpty() ? null : own;
        if (!whole.isEmpty()) {
            key = agreed(key, new Given(whole, Given.variable("FAL_KEY")));
        }
        if (id.isEmpty() != secret.isEmpty()) {
            String set = id.isEmpty() ? "FAL_KEY_SECRET" : "FAL_KEY_ID";
            String missing = id.isEmpty() ? "FAL_KEY_ID" : "FAL_KEY_SECRET";
            problem(
                    FAL_KEY,
                    Given.variable(set),
                    "FAL_KEY_ID and FAL_KEY_SECRET together, or FAL_KEY alone",
                    whole.isEmpty() ? "set " + missing + " as well" : "unset " + set + ", FAL_KEY is set already");
        } else if (!id.isEmpty()) {
            key = agreed(key, new Given(id + ":" + secret, Given.variable("FAL_KEY_ID") + " with FAL_KEY_SECRET"));
        }
        return key;
    }

    /** Two different keys at once: whichever we took, somebody would look for the fault in the wrong account. */
    private Given agreed(@Nullable Given first, Given second) {
        if (first != null && !first.text().equals(second.text())) {
            problem(
                    FAL_KEY,
                    first.origin() + " and " + second.origin(),
                    "one key",
                    "they are not the same key: unset one of them");
        }
        return second;
    }

    private void problem(String key, String where, String expected, String advice) {
        problems.add(new Problem(key, where, null, expected, advice));
    }
}
