package avatarmonitor.config;

import avatarmonitor.avatar.OutputPath;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingType.ModelCheck;
import avatarmonitor.avatar.TrainingType.Output;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.config.Format.Refused;
import avatarmonitor.config.Format.Value;
import avatarmonitor.text.UntrustedText;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the keys {@code trainings.TYPE.*}: two types are shipped, others may be added under any name, and {@code
 * trainings.TYPE = null} removes one. The older keys {@code fal.endpoints.portrait} and {@code .style} set the same as
 * {@code trainings.TYPE.endpoint}.
 */
record TrainingKeys(ConfigReader values, List<Problem> problems) {
    /** Value of a type that is set to null. */
    static final String LEFT_OUT = "";

    private static final List<String> SETTINGS = List.of("endpoint", "outputs", "check-model");
    private static final Pattern TYPE = Pattern.compile("trainings\\.([A-Za-z0-9][A-Za-z0-9_-]{0,49})");
    private static final Pattern SETTING = Pattern.compile(TYPE.pattern() + "\\.(" + String.join("|", SETTINGS) + ")");
    private static final Pattern VARIABLE =
            Pattern.compile("AVATAR_MONITOR_TRAININGS_([A-Z0-9][A-Z0-9_]{0,49})_(ENDPOINT|OUTPUTS|CHECK_MODEL)");

    private static final int TYPES_MAX = 50;
    private static final int OUTPUTS_MAX = 10;
    private static final int COLUMNS_MAX = 20;
    private static final Pattern COLUMN = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    /** Columns with another meaning in this product. */
    private static final Set<String> TAKEN = Set.of(
            "id",
            "name",
            "training_type",
            "status",
            "fal_request_id",
            "fal_endpoint",
            "training_started_at",
            "training_completed_at",
            "training_progress",
            "last_status_check",
            "training_error",
            "fal_response_data",
            "updated_at");

    /** Model columns that most tables have, for "did you mean". */
    private static final List<String> USUAL = List.of("diffusers_lora_file_url", "config_file_url", "finetune_id");

    static boolean isSetting(String key) {
        return SETTING.matcher(key).matches();
    }

    static boolean isOutputs(String key) {
        return isSetting(key) && key.endsWith(".outputs");
    }

    static boolean isType(String path) {
        return TYPE.matcher(path).matches();
    }

    /**
     * Returns the key of a variable for a type that the shipped file does not have.
     *
     * @param fileKeys keys that the operator's file sets, which determine the spelling of the type
     */
    static Optional<String> keyOf(String variable, Collection<String> fileKeys) {
        Matcher matcher = VARIABLE.matcher(variable);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String name = fileKeys.stream()
                .map(SETTING::matcher)
                .filter(Matcher::matches)
                .map(setting -> setting.group(1))
                .filter(type -> type.toUpperCase(Locale.ROOT).replace('-', '_').equals(matcher.group(1)))
                .findFirst()
                .orElse(matcher.group(1).toLowerCase(Locale.ROOT));
        return Optional.of("trainings." + name + "."
                + matcher.group(2).toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /** Returns known names for a suggestion: for a type beyond the shipped ones those of its settings. */
    static Collection<String> namesLike(String key, List<String> shipped) {
        int end = key.lastIndexOf('.');
        return end > 0 && isType(key.substring(0, end))
                ? SETTINGS.stream()
                        .map(name -> key.substring(0, end + 1) + name)
                        .toList()
                : shipped;
    }

    TrainingTypes read() {
        Map<String, TrainingType> types = new LinkedHashMap<>();
        for (String name : names()) {
            if (types.size() == TYPES_MAX) {
                problems.add(new Problem(
                        "trainings",
                        values.origin("trainings." + name),
                        "at most " + TYPES_MAX + " types",
                        "leave some out"));
                break;
            }
            TrainingType type = type(name);
            String upper = name.toUpperCase(Locale.ROOT);
            if (types.putIfAbsent(upper, type) != null) {
                problems.add(new Problem(
                        "trainings." + name,
                        values.origin(type.key("outputs")),
                        "one type of a name, in whatever letter case",
                        "join it with trainings." + types.get(upper).name()));
            }
        }
        if (types.isEmpty()) {
            problems.add(new Problem(
                    "trainings",
                    "file",
                    "at least one training type",
                    "leave trainings.portrait as it is, or add another type"));
            return new TrainingTypes(List.of(new TrainingType("none", "none/none", List.of(), ModelCheck.OFF)));
        }
        return new TrainingTypes(types.values());
    }

    /** Returns the names of the shipped types, then the others in order; without removed ones. */
    private List<String> names() {
        Set<String> added = new TreeSet<>();
        for (String key : values.given()) {
            Matcher setting = SETTING.matcher(key);
            if (setting.matches()) {
                added.add(setting.group(1));
            }
        }
        List<String> shipped = List.of("portrait", "style");
        List<String> names = new ArrayList<>();
        Stream.concat(shipped.stream(), added.stream()).distinct().forEach(name -> {
            if (values.given().contains("trainings." + name)) {
                SETTINGS.forEach(setting -> values.leaveOut("trainings." + name + "." + setting));
                values.leaveOut("fal.endpoints." + name);
            } else {
                names.add(name);
            }
        });
        return names;
    }

    private TrainingType type(String name) {
        String prefix = "trainings." + name + ".";
        boolean shipped = values.isShipped(prefix + "outputs");
        String endpoint;
        List<Output> outputs;
        ModelCheck check;
        if (shipped) {
            endpoint = endpoint(name, values.take(prefix + "endpoint", Addresses.endpoint()));
            outputs = values.take(prefix + "outputs", outputs());
            check = values.take(prefix + "check-model", Formats.oneOf(ModelCheck.class));
        } else {
            String origin = SETTINGS.stream()
                    .map(setting -> prefix + setting)
                    .filter(values.given()::contains)
                    .findFirst()
                    .map(values::origin)
                    .orElse(RawValue.DEFAULT);
            endpoint = values.require(
                    prefix + "endpoint",
                    Addresses.endpoint(),
                    origin,
                    "none/none",
                    advice(name, "endpoint = \"owner/app\""));
            outputs = values.require(
                    prefix + "outputs", outputs(), origin, List.of(), advice(name, "outputs = [{column = \"path\"}]"));
            check = values.take(
                    prefix + "check-model", Formats.oneOf(ModelCheck.class), new RawValue("off", RawValue.DEFAULT));
        }
        return new TrainingType(name, endpoint, outputs, check);
    }

    private static String advice(String name, String what) {
        String meant = Spelling.nearest(name, List.of("portrait", "style"))
                .map(near -> "did you mean trainings." + near + "? Otherwise ")
                .orElse("");
        return meant + "add " + what + " to trainings." + name;
    }

    /** Applies the older key where it is set. */
    private String endpoint(String name, String endpoint) {
        String older = "fal.endpoints." + name;
        String key = "trainings." + name + ".endpoint";
        String text = values.take(
                older,
                text1 ->
                        text1.isEmpty() ? new Value<>("") : Addresses.endpoint().read(text1));
        if (text.isEmpty()) {
            return endpoint;
        }
        if (values.given().contains(key) && values.read(key, older) && !text.equals(endpoint)) {
            problems.add(new Problem(
                    key,
                    values.origin(key),
                    "the same as the older key " + older + " (" + values.origin(older) + ")",
                    "remove " + older + ", which means the same"));
        }
        return text;
    }

    /** A list of objects, each of which maps columns to paths. */
    static Format<List<Output>> outputs() {
        return text -> {
            ConfigList list;
            try {
                list = ConfigFactory.parseString("it = " + text).getList("it");
            } catch (ConfigException e) {
                return refused("a list of objects", "");
            } catch (StackOverflowError e) {
                return refused("a list of objects", "nested less deeply");
            }
            if (list.isEmpty() || list.size() > OUTPUTS_MAX) {
                return refused("1 to " + OUTPUTS_MAX + " accepted outputs", "");
            }
            List<Output> outputs = new ArrayList<>();
            for (ConfigValue one : list) {
                Map<String, OutputPath> columns = new LinkedHashMap<>();
                if (!(one instanceof ConfigObject object) || object.isEmpty() || object.size() > COLUMNS_MAX) {
                    return refused("1 to " + COLUMNS_MAX + " columns in each output", "");
                }
                for (Map.Entry<String, ConfigValue> entry : inOrder(object)) {
                    String column = entry.getKey();
                    if (!COLUMN.matcher(column).matches() || TAKEN.contains(column)) {
                        return refused(
                                "columns of avatars that hold a model, in lower case, not "
                                        + UntrustedText.quoted(column),
                                Spelling.nearest(column, USUAL)
                                        .map(near -> "did you mean " + near + "?")
                                        .orElse(TAKEN.contains(column) ? column + " has another meaning" : ""));
                    }
                    Optional<OutputPath> path = entry.getValue().valueType() == ConfigValueType.STRING
                            ? OutputPath.parse((String) entry.getValue().unwrapped())
                            : Optional.empty();
                    if (path.isEmpty()) {
                        return refused(
                                "a path into fal's result for " + column
                                        + ": names with dots between them, such as config_file.url or adapters[0].url",
                                "put it into double quotes");
                    }
                    columns.put(column, path.get());
                }
                outputs.add(new Output(columns));
            }
            return new Value<>(List.copyOf(outputs));
        };
    }

    /** Sorts the entries, since HOCON keeps no order and messages must not vary. */
    private static List<Map.Entry<String, ConfigValue>> inOrder(ConfigObject object) {
        return object.entrySet().stream()
                .sorted(Map.Entry.<String, ConfigValue>comparingByKey().reversed())
                .toList();
    }

    private static Format.Reading<List<Output>> refused(String expected, String advice) {
        String example =
                "write it like [{diffusers_lora_file_url = \"lora_file.url\", config_file_url = \"config_file.url\"}]";
        return new Refused<>(expected, advice.isEmpty() ? example : advice + "; " + example);
    }
}
