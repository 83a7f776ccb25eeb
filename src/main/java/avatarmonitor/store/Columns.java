package avatarmonitor.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Many rows as parameters of one statement for PostgreSQL: one array for each column, which {@code unnest} makes rows of. */
public final class Columns {
    private Columns() {}

    /**
     * Sets one parameter.
     *
     * @param type of the column, as the database calls it
     * @param value of a row in this column: a {@link Number} where the type is one, otherwise anything that writes itself as the
     *     database reads it
     */
    public static <R> void set(
            PreparedStatement statement, int parameter, String type, List<R> rows, Function<R, @Nullable Object> value)
            throws SQLException {
        Connection connection = statement.getConnection();
        // The driver sends arrays of these classes as they are, and all others as one long text.
        @Nullable
        Object[] values = switch (type) {
            case "text" -> new @Nullable String[rows.size()];
            case "int4" -> new @Nullable Integer[rows.size()];
            case "int8" -> new @Nullable Long[rows.size()];
            default -> new @Nullable Object[rows.size()];
        };
        for (int row = 0; row < values.length; row++) {
            values[row] = converted(type, value.apply(rows.get(row)));
        }
        Array array = connection.createArrayOf(type, values);
        statement.setArray(parameter, array);
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
