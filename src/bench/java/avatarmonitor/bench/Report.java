package avatarmonitor.bench;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Report of a run, as a table and as JSON. */
final class Report {
    private final Map<String, String> machine;
    private final Map<String, String> settings;
    private final Results results;

    Report(Map<String, String> machine, Map<String, String> settings, Results results) {
        this.machine = machine;
        this.settings = settings;
        this.results = results;
    }

    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("report.md"), markdown());
        Files.writeString(
                directory.resolve("report.json"),
                new GsonBuilder()
                                .setPrettyPrinting()
                                .disableHtmlEscaping()
                                .create()
                                .toJson(json()) + "\n");
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        line(text, "| measure | contestant | median | min | max | unit | rounds |");
        line(text, "|---|---|---:|---:|---:|---|---:|");
        for (Results.Figure f : results.figures()) {
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %s | %s | %s | %s | %d |",
                            f.measure,
                            f.contestant,
                            number(f.median()),
                            number(f.min()),
                            number(f.max()),
                            f.unit,
                            f.rounds()));
        }
        List<Ratios> ratios = ratios();
        if (!ratios.isEmpty()) {
            line(text, "");
            line(text, "| measure | medians | ratio |");
            line(text, "|---|---|---:|");
            for (Ratios one : ratios) {
                for (Ratios.Ratio ratio : one.all()) {
                    line(
                            text,
                            String.format(
                                    Locale.ROOT,
                                    "| %s | %s | %s %s |",
                                    one.measure(),
                                    ratio.text(),
                                    number(ratio.value()),
                                    ratio.unit()));
                }
            }
        }
        line(text, "");
        results.notes().forEach(note -> line(text, "- " + note));
        line(text, "");
        machine.forEach((name, value) -> line(text, "- " + name + ": " + value));
        settings.forEach((name, value) -> line(text, "- " + name + ": " + value));
        return text.toString();
    }

    private JsonObject json() {
        JsonObject all = new JsonObject();
        all.add("machine", object(machine));
        all.add("settings", object(settings));
        JsonArray list = new JsonArray();
        for (Results.Figure f : results.figures()) {
            JsonObject one = new JsonObject();
            one.addProperty("measure", f.measure);
            one.addProperty("contestant", f.contestant);
            one.addProperty("median", f.median());
            one.addProperty("min", f.min());
            one.addProperty("max", f.max());
            one.addProperty("unit", f.unit);
            one.addProperty("rounds", f.rounds());
            list.add(one);
        }
        all.add("results", list);
        JsonArray compared = new JsonArray();
        for (Ratios one : ratios()) {
            for (Ratios.Ratio ratio : one.all()) {
                JsonObject pair = new JsonObject();
                pair.addProperty("measure", one.measure());
                pair.addProperty("medians", ratio.text());
                pair.addProperty("ratio", ratio.value());
                pair.addProperty("unit", ratio.unit());
                compared.add(pair);
            }
        }
        all.add("ratios", compared);
        JsonArray notes = new JsonArray();
        results.notes().forEach(notes::add);
        all.add("notes", notes);
        return all;
    }

    /** Ratios of measurements in which more is better. */
    private List<Ratios> ratios() {
        return results.figures().stream()
                .filter(f -> f.unit.endsWith("/s"))
                .map(f -> f.measure)
                .distinct()
                .map(measure -> Ratios.of(results, measure))
                .filter(one -> !one.all().isEmpty())
                .toList();
    }

    private static JsonObject object(Map<String, String> values) {
        JsonObject object = new JsonObject();
        values.forEach(object::addProperty);
        return object;
    }

    private static String number(double value) {
        String format = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 2 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
