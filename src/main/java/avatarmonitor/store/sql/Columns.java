package avatarmonitor.store.sql;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values of many rows as parameters of one statement: an array per column, for {@code unnest} or {@code ANY}. */
public final class Columns {
    private Columns() {}

    /** Value of a parameter of {@link Jdbc}. */
    interface Column {
        Array in(Connection connection) throws SQLException;
    }

    /**
     * Returns a parameter for {@link Jdbc}.
     *
     * @param type name of the column's type in the database
     * @param value of a row in this column: a {@link Number} for numeric types, otherwise an object whose text the
     *     database can parse
     */
    public static <R> Object of(String type, List<R> rows, Function<R, @Nullable Object> value) {
        // The driver sends arrays of these classes directly, all others as one long text.
        @Nullable
        Object[] values = switch (type) {
            case "text", "varchar" -> new @Nullable String[rows.size()];
            case "int4" -> new @Nullable Integer[rows.size()];
            case "int8" -> new @Nullable Long[rows.size()];
            default -> new @Nullable Object[rows.size()];
        };
        for (int row = 0; row < values.length; row++) {
            values[row] = converted(type, value.apply(rows.get(row)));
        }
        Column column = connection -> connection.createArrayOf(type, values);
        return column;
    }

    private static @Nullable Object converted(String type, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (type) {
            case "int4" -> ((Number) value).intValue();
            case "int8" -> ((Number) value).longValue();
            default -> value.toString();
        };
    }
}
