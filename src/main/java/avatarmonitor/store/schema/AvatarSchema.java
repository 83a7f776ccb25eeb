package avatarmonitor.store.schema;

import avatarmonitor.store.Database;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Actual schema of the application's {@code avatars} table; statements are built for the columns that exist. The table
 * is the one to which an unqualified {@code avatars} resolves on the search path of the connected user.
 *
 * @param table schema and name, for display
 * @param columns existing columns that this product reads or writes, by lower-case name
 */
public record AvatarSchema(String table, Map<String, Column> columns) {

    /** Kind of a column's type. */
    public enum Kind {
        UUID,
        TEXT,
        /** An enum type of the database. */
        ENUM,
        NUMBER,
        TIME,
        JSON,
        OTHER
    }

    /**
     * One column.
     *
     * @param type name of the type in the database
     * @param length maximum of characters; empty when unlimited or not a text
     * @param labels the values of an enum, in its order; empty for other kinds
     */
    public record Column(
            String name, Kind kind, String type, OptionalInt length, boolean nullable, List<String> labels) {

        /** Returns the enum label that equals the word, ignoring letter case. */
        public Optional<String> label(String word) {
            return labels.stream().filter(word::equalsIgnoreCase).findFirst();
        }
    }

    /**
     * Reads and validates the schema.
     *
     * @throws avatarmonitor.store.SchemaException when there is no table, or columns are missing or unusable: names all
     *     of them
     * @throws avatarmonitor.store.StoreException when the database fails
     */
    public static AvatarSchema read(Database database) {
        return read(database, Map.of());
    }

    /**
     * Reads and validates the schema with additional columns, which must exist and hold text.
     *
     * @param required name of a column to the configuration key that names it
     * @throws avatarmonitor.store.SchemaException as above, and when one of those columns is missing or holds no text
     */
    public static AvatarSchema read(Database database, Map<String, String> required) {
        return readIfPresent(database, required)
                .orElseThrow(() -> database.read(AvatarsLookup::of).missing());
    }

    /**
     * Returns other tables and views called {@code avatars} than the one that is read: in other schemas, or in other
     * letter case. For a warning, since one of them may be the intended one.
     *
     * @return qualified names, separated by commas; empty when there is none
     */
    public static String others(Database database) {
        return database.read(AvatarsLookup::of).othersInWords();
    }

    /** Like {@link #read}, but returns empty when there is no table. */
    public static Optional<AvatarSchema> readIfPresent(Database database) {
        return readIfPresent(database, Map.of());
    }

    static Optional<AvatarSchema> readIfPresent(Database database, Map<String, String> required) {
        Set<String> wanted = new HashSet<>(AvatarColumns.names());
        wanted.addAll(required.keySet());
        Optional<AvatarSchema> schema = database.read(connection -> switch (database.dialect()) {
            case POSTGRESQL -> PostgresCatalog.avatars(connection, wanted);
            case H2 -> H2Catalog.avatars(connection, wanted);
        });
        schema.ifPresent(found -> AvatarColumns.require(found, forbidden(database, found), required));
        return schema;
    }

    private static List<String> forbidden(Database database, AvatarSchema schema) {
        return schema.has("status")
                ? database.read(connection -> StatusConstraints.problems(connection, AvatarColumns.STATUSES))
                : List.of();
    }

    /** Column names in alphabetical order, for display. */
    public SortedSet<String> names() {
        return new TreeSet<>(columns.keySet());
    }

    /** Returns whether the table has this column and statements may use it. */
    public boolean has(String column) {
        return columns.containsKey(column);
    }

    /** Returns the maximum of characters; empty when unlimited, not a text, or no such column. */
    public OptionalInt length(String column) {
        Column found = columns.get(column);
        return found == null ? OptionalInt.empty() : found.length();
    }

    public boolean isJson(String column) {
        Column found = columns.get(column);
        return found != null && found.kind() == Kind.JSON;
    }

    /** Returns whether NULL may be written; false when there is no such column. */
    public boolean isNullable(String column) {
        Column found = columns.get(column);
        return found != null && found.nullable();
    }

    /**
     * Returns the word in the letter case of the sample: {@code completed} for {@code training}, {@code COMPLETED} for
     * {@code TRAINING}.
     */
    public static String inCaseOf(String sample, String word) {
        if (sample.equals(sample.toUpperCase(Locale.ROOT))) {
            return word.toUpperCase(Locale.ROOT);
        }
        String lower = word.toLowerCase(Locale.ROOT);
        return sample.equals(sample.toLowerCase(Locale.ROOT))
                ? lower
                : lower.substring(0, 1).toUpperCase(Locale.ROOT) + lower.substring(1);
    }
}
