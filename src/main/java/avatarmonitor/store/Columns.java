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
     * @param value of a row in this column; anything that writes itself as the database reads it
     */
    public static <R> void set(
            PreparedStatement statement, int parameter, String type, List<R> rows, Function<R, @Nullable Object> value)
            throws SQLException {
        Connection connection = statement.getConnection();
        @Nullable Object[] values = new Object[rows.size()];
        for (int row = 0; row < values.length; row++) {
            Object one = value.apply(rows.get(row));
            values[row] = one == null ? null : one.toString();
        }
        Array array = connection.createArrayOf(type, values);
        statement.setArray(parameter, array);
    }
}
