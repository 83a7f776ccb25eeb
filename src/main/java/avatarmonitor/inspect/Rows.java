package avatarmonitor.inspect;

import avatarmonitor.store.sql.Jdbc;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.RecordComponent;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads database rows as maps of columns in the query's order: times as instants (infinite ones as text), ids as text.
 */
public final class Rows {
    private Rows() {}

    /** Reads all rows; the query limits their number. */
    public static List<Map<String, @Nullable Object>> all(Connection connection, String sql, @Nullable Object... values)
            throws SQLException {
        return Jdbc.list(connection, sql, Rows::values, values);
    }

    /** Like {@link #all}, for at most this time: see {@link Jdbc#listWithin}. */
    public static List<Map<String, @Nullable Object>> allWithin(
            Duration limit, Connection connection, String sql, @Nullable Object... values) throws SQLException {
        return Jdbc.listWithin(limit, connection, sql, Rows::values, values);
    }

    /** Reads the first row; empty when there is none. */
    public static Map<String, @Nullable Object> first(Connection connection, String sql, @Nullable Object... values)
            throws SQLException {
        return Jdbc.<Map<String, @Nullable Object>>first(connection, sql, Rows::values, values)
                .orElseGet(LinkedHashMap::new);
    }

    /** Returns a value of a row as a number; 0 when it is null or none. */
    static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    /** Returns a JSON object with these members in this order. */
    public static JsonObject json(Map<?, ? extends @Nullable Object> members) {
        JsonObject object = new JsonObject();
        members.forEach((name, value) -> object.add(String.valueOf(name), element(value)));
        return object;
    }

    /** Returns a JSON object with the {@link #members} of a record. */
    public static JsonObject json(Record components) {
        return json(members(components));
    }

    /** Returns the components of a record by their names in snake case. */
    public static Map<String, @Nullable Object> members(Record components) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (RecordComponent component : components.getClass().getRecordComponents()) {
            String name = component.getName().replaceAll("(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
            members.put(name, value(component, components));
        }
        return members;
    }

    private static @Nullable Object value(RecordComponent component, Record of) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }

    /** Returns a JSON array of {@link #element elements}. */
    public static JsonArray array(Iterable<?> values) {
        JsonArray array = new JsonArray();
        values.forEach(value -> array.add(element(value)));
        return array;
    }

    /**
     * Converts a value to JSON: JSON elements unchanged; numbers and booleans as such; a duration in seconds; maps with
     * text keys, and records with several components, as objects; lists as arrays; everything else as text.
     */
    public static JsonElement element(@Nullable Object value) {
        if (value == null) {
            return JsonNull.INSTANCE;
        } else if (value instanceof JsonElement element) {
            return element;
        } else if (value instanceof Number number) {
            return new JsonPrimitive(number);
        } else if (value instanceof Boolean flag) {
            return new JsonPrimitive(flag);
        } else if (value instanceof Duration duration) {
            return new JsonPrimitive(duration.toMillis() / 1000.0);
        } else if (value instanceof Record components && value.getClass().getRecordComponents().length > 1) {
            return json(components);
        } else if (value instanceof Map<?, ?> members) {
            return json(members);
        } else if (value instanceof List<?> values) {
            return array(values);
        }
        return new JsonPrimitive(value.toString());
    }

    private static Map<String, @Nullable Object> values(ResultSet row) throws SQLException {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            values.put(row.getMetaData().getColumnLabel(i), value(row, i));
        }
        return values;
    }

    private static @Nullable Object value(ResultSet row, int column) throws SQLException {
        Object value = row.getObject(column);
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return value;
        } else if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        } else if (value instanceof java.sql.Timestamp) {
            OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
            // The driver uses these two for an infinite time, which is no instant: shown as the database shows it.
            boolean infinite = time.equals(OffsetDateTime.MAX) || time.equals(OffsetDateTime.MIN);
            return infinite ? row.getString(column) : time.toInstant();
        } else if (value instanceof UUID id) {
            return id.toString();
        }
        return row.getString(column);
    }
}
