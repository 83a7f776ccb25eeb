package avatarmonitor.avatar;

import avatarmonitor.store.schema.AvatarSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds SQL assignments for those columns that the application's table has. */
final class ColumnChanges {
    private final AvatarSchema schema;
    private final List<String> assignments = new ArrayList<>();
    private final List<@Nullable Object> values = new ArrayList<>();

    ColumnChanges(AvatarSchema schema) {
        this.schema = schema;
    }

    ColumnChanges set(String column, @Nullable Object value) {
        return set(column, value, "?");
    }

    ColumnChanges set(String column, @Nullable Object value, String expression) {
        boolean holds = value != null || schema.isNullable(column);
        if (schema.has(column) && holds) {
            // Quoted, since the configuration may name a column by an SQL keyword.
            assignments.add("\"" + column + "\" = " + expression);
            values.add(value);
        }
        return this;
    }

    boolean isEmpty() {
        return assignments.isEmpty();
    }

    String assignments() {
        return String.join(", ", assignments);
    }

    List<@Nullable Object> values() {
        return values;
    }
}
