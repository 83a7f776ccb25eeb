package avatarmonitor.store.schema;

import avatarmonitor.store.schema.AvatarSchema.Column;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A column of the application's table in the catalog of a database.
 *
 * @param schema of the table
 * @param writable whether statements may write it; false for a generated column
 */
record Found(String schema, boolean writable, Column column) {
    /** Returns the schema with the wanted columns that can be used; empty when the table has no column at all. */
    static Optional<AvatarSchema> schema(List<Found> all, Set<String> wanted) {
        return all.stream()
                .findFirst()
                .map(any -> new AvatarSchema(
                        any.schema + ".avatars",
                        all.stream()
                                .filter(found -> wanted.contains(found.column.name()))
                                .filter(found -> found.writable || AvatarColumns.isRequired(found.column.name()))
                                .collect(Collectors.toUnmodifiableMap(found -> found.column.name(), Found::column))));
    }
}
