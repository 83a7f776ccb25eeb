package avatarmonitor.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All results of a run in chronological order. */
final class Results {
    private final Map<String, Figure> figures = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /** One measurement of one contestant, once per round. */
    static final class Figure {
        final String measure;
        final String contestant;
        final String unit;
        private final List<Double> values = new ArrayList<>();

        private Figure(String measure, String contestant, String unit) {
            this.measure = measure;
            this.contestant = contestant;
            this.unit = unit;
        }

        double median() {
            List<Double> sorted = values.stream().sorted().toList();
            int middle = sorted.size() / 2;
            return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        }

        double min() {
            return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        }

        double max() {
            return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        }

        int rounds() {
            return values.size();
        }
    }

    void add(String measure, String contestant, double value, String unit) {
        figures.computeIfAbsent(measure + " " + contestant, key -> new Figure(measure, contestant, unit))
                .values
                .add(value);
    }

    /** Adds a note for readers of the results. */
    void note(String text) {
        if (!notes.contains(text)) {
            notes.add(text);
        }
    }

    Collection<Figure> figures() {
        return figures.values();
    }

    List<String> notes() {
        return notes;
    }

    Optional<Double> median(String measure, String contestant) {
        return Optional.ofNullable(figures.get(measure + " " + contestant)).map(Figure::median);
    }
}
