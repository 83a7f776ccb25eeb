package avatarmonitor.cli.console;

import avatarmonitor.cli.console.Column.Kind;
import avatarmonitor.inspect.AgeText;
import avatarmonitor.inspect.Rows;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Result table: aligned lines of text, or a JSON array of objects with the same columns. */
public final class Table {
    private static final String GAP = "  ";
    /** Minimum width of a text column; below it, columns on the right are dropped first. */
    private static final int LEAST_TEXT_WIDTH = 16;

    private static final int LEAST_OF_LAST_TEXT = 8;

    /** Minimum of columns, kept even where they do not fit: the id and the first value. */
    private static final int LEAST_COLUMNS = 2;

    private final List<Column> columns;
    private final List<Map<String, @Nullable Object>> rows = new ArrayList<>();

    /** Names of further columns, in JSON only, since a line has no space for them. */
    private List<String> details = List.of();

    public Table(Column... columns) {
        this.columns = List.of(columns);
    }

    /** Sets the names of columns that only JSON has, after the others. */
    public Table details(String... names) {
        details = List.of(names);
        return this;
    }

    /** Adds a row with one value for each column, null where there is none. */
    public Table row(@Nullable Object... values) {
        if (values.length != columns.size()) {
            throw new IllegalStateException(values.length + " values for " + columns.size() + " columns");
        }
        Map<String, @Nullable Object> row = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            row.put(columns.get(i).name(), values[i]);
        }
        rows.add(row);
        return this;
    }

    /** Adds rows by column name. */
    public Table rows(List<Map<String, @Nullable Object>> named) {
        rows.addAll(named);
        return this;
    }

    /** Prints JSON if requested; otherwise the lines, or {@code whenEmpty} when there is no row. */
    public void print(Terminal terminal, boolean json, Instant now, String whenEmpty) {
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

    /** Prints the table of a command. */
    public void print(Invocation invocation, boolean json, String whenEmpty) {
        print(invocation.terminal(), json, invocation.clock().instant(), whenEmpty);
    }

    public JsonArray json() {
        JsonArray all = new JsonArray();
        for (Map<String, @Nullable Object> row : rows) {
            JsonObject object = new JsonObject();
            Stream.concat(columns.stream().map(Column::name), details.stream())
                    .forEach(name -> object.add(name, Rows.element(row.get(name))));
            all.add(object);
        }
        return all;
    }

    /** Returns the header and one line for each row. Drops the last columns when the width is too small. */
    public List<String> lines(int width, Instant now) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(columns.stream().map(Column::header).toList());
        for (Map<String, @Nullable Object> row : rows) {
            cells.add(columns.stream()
                    .map(column -> shown(column.kind(), row.get(column.name()), now))
                    .toList());
        }
        List<Kind> kinds = columns.stream().map(Column::kind).toList();
        int[] widths = fitted(naturalWidths(cells), kinds, width);
        return cells.stream().map(line -> line(line, kinds, widths)).toList();
    }

    private static String shown(Kind kind, @Nullable Object value, Instant now) {
        if (value == null) {
            return "-";
        } else if (value instanceof Instant time) {
            return kind == Kind.DUE ? AgeText.due(time, now) : AgeText.of(time, now);
        } else if (value instanceof Duration duration) {
            return AgeText.length(duration);
        } else if (value instanceof Boolean flag) {
            return flag ? "yes" : "no";
        } else if (value instanceof Double number) {
            return new DecimalFormat("0.##", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
        }
        String text = UntrustedText.cell(value.toString());
        return text.isEmpty() ? "-" : text;
    }

    private static int[] naturalWidths(List<List<String>> cells) {
        return IntStream.range(0, cells.get(0).size())
                .map(i -> cells.stream()
                        .mapToInt(line -> TextWidth.width(line.get(i)))
                        .max()
                        .orElse(0))
                .toArray();
    }

    /**
     * Narrows the widest text column step by step until the line fits; when all are at their minimum, drops the last
     * column.
     */
    private static int[] fitted(int[] natural, List<Kind> kinds, int width) {
        int[] widths = natural.clone();
        int least = widths.length > LEAST_COLUMNS ? LEAST_TEXT_WIDTH : LEAST_OF_LAST_TEXT;
        for (int excess = total(widths) - width; excess > 0; excess--) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                boolean shrinks = kinds.get(i) == Kind.TEXT && widths[i] > least;
                if (shrinks && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                return widths.length <= LEAST_COLUMNS
                        ? widths
                        : fitted(Arrays.copyOf(natural, widths.length - 1), kinds, width);
            }
            widths[widest]--;
        }
        return widths;
    }

    private static int total(int[] widths) {
        return IntStream.of(widths).sum() + GAP.length() * (widths.length - 1);
    }

    private static String line(List<String> cells, List<Kind> kinds, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            boolean right = kinds.get(i) == Kind.NUMBER;
            line.append(i == 0 ? "" : GAP)
                    .append(TextWidth.padded(TextWidth.cut(cells.get(i), widths[i]), widths[i], right));
        }
        return line.toString().stripTrailing();
    }
}
