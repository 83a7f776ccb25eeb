package avatarmonitor.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Options of a run.
 *
 * @param quick a few minutes instead of two hours: fewer triggers and only cheap measurements
 * @param rounds number of rounds per contestant
 * @param only names of measurements, where a trailing {@code *} matches anything; all when empty
 * @param contestants contestants of the run; all when empty
 * @param directory for data and reports
 */
record Options(boolean quick, int rounds, List<String> only, List<String> contestants, Path directory) {
    private static final int ROUNDS = 3;

    static Options given() {
        return new Options(
                Boolean.getBoolean("bench.quick"),
                Integer.getInteger("bench.rounds", ROUNDS),
                words("bench.only"),
                words("bench.contestants"),
                Path.of("target", "bench").toAbsolutePath());
    }

    private static List<String> words(String property) {
        return Arrays.stream(System.getProperty(property, "").split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Returns the contestants of this run among the given ones. */
    List<Kind> of(Collection<Kind> kinds) {
        return kinds.stream()
                .filter(kind -> contestants.isEmpty() || contestants.contains(kind.label()))
                .toList();
    }

    /** Number of triggers of measurements that fire a backlog. */
    int backlog() {
        return quick ? 20_000 : 100_000;
    }

    /** More than are measured: with fewer, code is still being compiled during the measurement. */
    int warmUp() {
        return 2 * backlog();
    }

    int warmUpSeconds() {
        return quick ? 2 : 10;
    }

    /**
     * Longest time that a contestant fires or stores: below the 60 s after which a trigger is due again. Stock Quartz
     * would take minutes at a constant rate.
     */
    int boxSeconds(Kind kind) {
        if (quick) {
            return 4;
        }
        return kind == Kind.STOCK_QUARTZ ? 15 : 30;
    }

    boolean wanted(String measure) {
        return only.isEmpty()
                || only.stream()
                        .anyMatch(name -> name.endsWith("*")
                                ? measure.startsWith(name.substring(0, name.length() - 1))
                                : measure.equals(name));
    }
}
