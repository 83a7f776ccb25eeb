package avatarmonitor.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What is run.
 *
 * @param quick a few minutes instead of hours: fewer triggers and only what is cheap
 * @param only measures of these names, or whose names begin with these words; all when empty
 * @param directory where data and reports go
 */
record Options(boolean quick, List<String> only, Path directory) {
    static Options given() {
        String only = System.getProperty("bench.only", "");
        return new Options(
                Boolean.getBoolean("bench.quick"),
                Arrays.stream(only.split(",", -1))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList(),
                Path.of("target", "bench").toAbsolutePath());
    }

    int rounds() {
        return 3;
    }

    /** Triggers of the measures that fire a backlog. */
    int backlog() {
        return quick ? 20_000 : 100_000;
    }

    int warmUp() {
        return quick ? 10_000 : 20_000;
    }

    /** Longest time that a contestant fires a backlog: below the 60 s after which a trigger is due again. */
    int boxSeconds() {
        return quick ? 8 : 50;
    }

    /** By its whole name or by the words it begins with. */
    boolean wanted(String measure) {
        return only.isEmpty()
                || only.stream().anyMatch(name -> measure.equals(name) || measure.startsWith(name + "_"));
    }
}
