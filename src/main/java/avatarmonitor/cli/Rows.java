package avatarmonitor.cli;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of the database as values that {@link Table} and {@link Json} show: times as instants, ids as text. */
final class Rows {
    private Rows() {}

    /**
     * Adds what a query brings to a table whose columns are named like the query's.
     *
     * @param limit most rows that are added; the query may bring one more
     * @return whether it did
     */
    static boolean into(Table table, PreparedStatement select, int limit) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            for (int added = 0; row.next(); added++) {
                if (added == limit) {
                    return true;
                }
                @Nullable Object[] values = new Object[table.columns().size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = value(row, row.findColumn(table.columns().get(i).name()));
                }
                table.row(values);
            }
            return false;
        }
    }

    /** The first row by column; empty when there is none. */
    static Map<String, @Nullable Object> first(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            if (row.next()) {
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    values.put(row.getMetaData().getColumnLabel(i), value(row, i));
                }
            }
            return values;
        }
    }

    private static @Nullable Object value(ResultSet row, int column) throws SQLException {
        Object value = row.getObject(column);
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return value;
        } else if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        } else if (value instanceof java.sql.Timestamp) {
            return row.getObject(column, OffsetDateTime.class).toInstant();
        } else if (value instanceof UUID id) {
            return id.toString();
        }
        return row.getString(column);
    }
}
