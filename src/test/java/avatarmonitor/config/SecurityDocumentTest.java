package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table of limits in docs/security.md: the keys, constants and tests that it names exist, and its numbers equal
 * their values.
 */
class SecurityDocumentTest {
    private static final Path MAIN = Path.of("src/main/java/avatarmonitor");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");
    private static final Pattern CONSTANT = Pattern.compile("([a-z]+(?:/[a-z]+)*/[A-Z]\\w+)\\.([A-Z][A-Z_]+)");
    private static final Config SHIPPED = ConfigFactory.parseFile(new File("config/avatar-monitor.conf"));
    private static final Set<String> KEYS = new HashSet<>(ShippedKeys.load().names());

    /** Returns the rows with the columns: subject, limit, key or constant, test. */
    private static List<String[]> rows() throws IOException {
        String text = Files.readString(Path.of("docs/security.md"));
        return text.substring(text.indexOf("\n## Limits\n"))
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| what |"))
                .map(line -> line.substring(2).split(" ?\\| ?", -1))
                .toList();
    }

    @Test
    void everyKeyAndConstantExists() throws IOException {
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (String[] row : rows()) {
            for (String name : names(row[2])) {
                named++;
                Matcher constant = CONSTANT.matcher(name);
                if (constant.matches() ? !holds(constant.group(1), constant.group(2)) : !KEYS.contains(name)) {
                    missing.add(name);
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(named).isGreaterThan(60);
    }

    /** Each number of a row is the value of a key or constant that the row names, and each such value occurs. */
    @Test
    void everyValueIsTheOneThatHolds() throws Exception {
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (String[] row : rows()) {
            String told = row[1];
            List<Set<String>> expected = new ArrayList<>();
            for (String name : names(row[2])) {
                for (Object value : values(name)) {
                    Set<String> forms = forms(value);
                    expected.add(forms);
                    compared++;
                    if (forms.stream().noneMatch(form -> contains(told, form))) {
                        wrong.add(row[0] + ": " + name + " is " + value + ", not in \"" + told + "\"");
                    }
                }
            }
            Matcher number = Pattern.compile("\\d+(,\\d{3})*").matcher(told);
            while (number.find()) {
                String digits = number.group();
                boolean known = expected.stream()
                        .flatMap(Set::stream)
                        .anyMatch(form -> form.equals(digits) || form.startsWith(digits + " "));
                if (!known) {
                    wrong.add(row[0] + ": " + digits + " is the value of nothing that is named");
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(70);
    }

    /** The comparison detects a number that is off by one, for each kind of value. */
    @Test
    void comparisonDistinguishesNumbers() {
        assertThat(forms(Duration.ofMinutes(5))).contains("300 s", "5 min").doesNotContain("5 s");
        assertThat(forms(65_536)).contains("65,536", "64 KiB").doesNotContain("64");
        assertThat(forms(65_535)).containsExactly("65,535");
        assertThat(contains("15 min", "5 min")).isFalse();
        assertThat(contains("10 s; 30 s", "30 s")).isTrue();
        assertThat(contains("1,000", "1")).isFalse();
    }

    private static boolean contains(String cell, String form) {
        return Pattern.compile("(?<![\\d,])" + Pattern.quote(form) + "(?![\\w,]*\\d|\\w)")
                .matcher(cell)
                .find();
    }

    /** Returns the permitted notations of a value. */
    private static Set<String> forms(Object value) {
        Set<String> forms = new HashSet<>();
        if (value instanceof Duration time) {
            Map<String, Duration> units = Map.of(
                    "ms", Duration.ofMillis(1),
                    "s", Duration.ofSeconds(1),
                    "min", Duration.ofMinutes(1),
                    "h", Duration.ofHours(1),
                    "days", Duration.ofDays(1));
            units.forEach((unit, length) -> {
                if (time.toNanos() % length.toNanos() == 0) {
                    forms.add(String.format(Locale.ROOT, "%,d %s", time.dividedBy(length), unit));
                }
            });
            if (time.equals(Duration.ofMinutes(1))) {
                forms.add("once a minute");
            }
        } else {
            long number = ((Number) value).longValue();
            forms.add(String.format(Locale.ROOT, "%,d", number));
            if (number > 0 && number % 1_024 == 0) {
                forms.add(String.format(Locale.ROOT, "%,d KiB", number / 1_024));
            }
            if (number > 0 && number % (1_024 * 1_024) == 0) {
                forms.add(String.format(Locale.ROOT, "%,d MiB", number / 1_024 / 1_024));
                forms.add(String.format(Locale.ROOT, "%,d Mi", number / 1_024 / 1_024));
            }
        }
        return forms;
    }

    /** Returns the default of a key or the value of a constant; several for a record of durations. */
    private static List<Object> values(String name) throws ReflectiveOperationException {
        Matcher constant = CONSTANT.matcher(name);
        if (!constant.matches()) {
            return List.of(ofKey(SHIPPED.getValue(name).unwrapped()));
        }
        Field field = field(Class.forName("avatarmonitor." + constant.group(1).replace('/', '.')), constant.group(2));
        field.setAccessible(true);
        Object value = field.get(null);
        if (!(value instanceof Record times)) {
            return List.of(value);
        }
        List<Object> all = new ArrayList<>();
        for (RecordComponent part : times.getClass().getRecordComponents()) {
            part.getAccessor().setAccessible(true);
            all.add(part.getAccessor().invoke(times));
        }
        return all;
    }

    /** Returns a field of the class or of a nested class. */
    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        return Stream.concat(Stream.of(owner), Stream.of(owner.getDeclaredClasses()))
                .flatMap(type -> Stream.of(type.getDeclaredFields()))
                .filter(field -> field.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchFieldException(owner + "." + name));
    }

    private static Object ofKey(Object shipped) {
        Matcher time = Pattern.compile("(\\d+)(ms|s|m|h|d)").matcher(String.valueOf(shipped));
        if (!time.matches()) {
            return shipped;
        }
        ChronoUnit unit = Map.of(
                        "ms", ChronoUnit.MILLIS,
                        "s", ChronoUnit.SECONDS,
                        "m", ChronoUnit.MINUTES,
                        "h", ChronoUnit.HOURS,
                        "d", ChronoUnit.DAYS)
                .get(time.group(2));
        return Duration.of(Long.parseLong(time.group(1)), unit);
    }

    @Test
    void everyTestExists() throws IOException {
        Map<String, String> tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            tests = files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            SecurityDocumentTest::text,
                            (one, other) -> one + other));
        }
        List<String> missing = new ArrayList<>();
        for (String[] row : rows()) {
            List<String> names = names(row[3]);
            assertThat(names).as(row[0]).isNotEmpty();
            for (String name : names) {
                String[] parts = name.split("\\.", 2);
                String text = tests.getOrDefault(parts[0], "");
                if (!text.contains("@") || (parts.length == 2 && !text.contains("void " + parts[1] + "("))) {
                    missing.add(name);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static boolean holds(String file, String constant) {
        return text(MAIN.resolve(file + ".java")).matches("(?s).*\\s(static final )?\\w+ " + constant + " =.*");
    }

    private static List<String> names(String cell) {
        return NAME.matcher(cell).results().map(found -> found.group(1)).toList();
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
