package avatarmonitor.bench;

import java.util.Map;

/** Measured values of one process, by name. */
record Figures(Map<String, Double> values) {

    /** @throws IllegalStateException when it was not measured */
    double get(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("not measured: " + name + ", only " + values);
        }
        return value;
    }
}
