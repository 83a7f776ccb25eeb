package avatarmonitor.bench;

import java.util.List;
import java.util.Optional;

/** Ratios between the medians of one measurement. */
record Ratios(String measure, List<Ratio> all) {
    private static final String OURS = "avatar-monitor";

    record Ratio(String text, double value, String unit) {}

    private record Pair(String contestant, String other, double factor, String unit) {}

    private static final List<Pair> PAIRS = List.of(
            new Pair(OURS, "db-scheduler", 1, "×"),
            new Pair(OURS, "stock-quartz", 1, "×"),
            new Pair(OURS, "ceiling-merged", 100, "%"),
            new Pair(OURS + "-stock-indexes", "db-scheduler", 1, "×"));

    static Ratios of(Results results, String measure) {
        return new Ratios(
                measure,
                PAIRS.stream()
                        .flatMap(pair -> ratio(results, measure, pair).stream())
                        .toList());
    }

    private static Optional<Ratio> ratio(Results results, String measure, Pair pair) {
        return results.median(measure, pair.contestant())
                .flatMap(value -> results.median(measure, pair.other())
                        .map(other -> new Ratio(
                                pair.contestant() + " to " + pair.other(),
                                pair.factor() * value / other,
                                pair.unit())));
    }
}
