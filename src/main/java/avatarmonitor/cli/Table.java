package avatarmonitor.cli;

import avatarmonitor.cli.Column.Kind;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows of one result: aligned lines for people, an array of objects with the same columns for programs. */
final class Table {
    private static final String GAP = "  ";
    private static final int LEAST_TEXT_WIDTH = 8;

    private final List<Column> columns;
    private final List<List<@Nullable Object>> rows = new ArrayList<>();

    Table(Column... columns) {
        this.columns = List.of(columns);
    }

    /** One value for each column, null where there is none. */
    Table row(@Nullable Object... values) {
        if (values.length != columns.size()) {
            throw new IllegalStateException(values.length + " values for " + columns.size() + " columns");
        }
        List<@Nullable Object> row = new ArrayList<>();
        for (Object value : values) {
            row.add(value);
        }
        rows.add(row);
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** JSON if wanted; else the lines, or {@code whenEmpty} in their place. */
    void print(Terminal terminal, boolean json, Instant now, String whenEmpty) {
        if (json) {
            Json.print(terminal, json());
        } else if (rows.isEmpty()) {
            terminal.out().println(whenEmpty);
        } else {
            List<String> lines = lines(terminal.width(), now);
            terminal.out().println(terminal.bold(lines.get(0)));
            lines.subList(1, lines.size()).forEach(terminal.out()::println);
        }
        terminal.out().flush();
    }

    JsonArray json() {
        JsonArray all = new JsonArray();
        for (List<@Nullable Object> row : rows) {
            JsonObject object = new JsonObject();
            for (int i = 0; i < columns.size(); i++) {
                object.add(columns.get(i).name(), Json.element(row.get(i)));
            }
            all.add(object);
        }
        return all;
    }

    /** The header and one line for each row. */
    List<String> lines(int width, Instant now) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(columns.stream().map(Column::header).collect(Collectors.toList()));
        rows.forEach(row -> cells.add(row.stream().map(v -> shown(v, now)).collect(Collectors.toList())));
        int[] widths = fitted(naturalWidths(cells), width);
        return cells.stream().map(line -> line(line, widths)).collect(Collectors.toList());
    }

    private static String shown(@Nullable Object value, Instant now) {
        if (value == null) {
            return "-";
        } else if (value instanceof Instant time) {
            return Ages.of(time, now);
        } else if (value instanceof Duration duration) {
            return Ages.length(duration);
        }
        String text = Cells.safe(value.toString());
        return text.isEmpty() ? "-" : text;
    }

    private int[] naturalWidths(List<List<String>> cells) {
        return IntStream.range(0, columns.size())
                .map(i -> cells.stream()
                        .mapToInt(line -> Cells.width(line.get(i)))
                        .max()
                        .orElse(0))
                .toArray();
    }

    /** Takes from the widest text column, one by one, until the line fits or all are at their least. */
    private int[] fitted(int[] widths, int width) {
        int excess = IntStream.of(widths).sum() + GAP.length() * (widths.length - 1) - width;
        for (; excess > 0; excess--) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                boolean shrinks = columns.get(i).kind() == Kind.TEXT && widths[i] > LEAST_TEXT_WIDTH;
                if (shrinks && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            boolean right = columns.get(i).kind() == Kind.NUMBER;
            line.append(i == 0 ? "" : GAP).append(Cells.padded(Cells.cut(cells.get(i), widths[i]), widths[i], right));
        }
        return line.toString().stripTrailing();
    }
}
