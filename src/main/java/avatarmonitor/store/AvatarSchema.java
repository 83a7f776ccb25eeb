package avatarmonitor.store;

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
 * The application's {@code avatars} table as it really is, read once at start: statements are built for the columns that
 * exist. The table is the one that an unqualified {@code avatars} means to the connected user (the search path).
 *
 * @param table schema and name, for people
 * @param columns the columns that this product reads or writes and that exist, by lower-case name; others are left out
 */
public record AvatarSchema(String table, Map<String, Column> columns) {

    /** What a column can hold. */
    public enum Kind {
        UUID,
        TEXT,
        /** One of a fixed list of words, a type of the database. */
        ENUM,
        NUMBER,
        TIME,
        JSON,
        OTHER
    }

    /**
     * One column.
     *
     * @param type as the database calls it
     * @param length most characters; empty when unlimited or not a text
     * @param labels the words of an enum, in its order; empty for other kinds
     */
    public record Column(
            String name, Kind kind, String type, OptionalInt length, boolean nullable, List<String> labels) {

        /** The label that equals the word but for letter case. */
        public Optional<String> label(String word) {
            return labels.stream().filter(word::equalsIgnoreCase).findFirst();
        }
    }

    /**
     * Reads and checks the table.
     *
     * @throws SchemaException when there is no table, or a column is missing or of no use: names all of them
     * @throws StoreException when the database fails
     */
    public static AvatarSchema read(Database database) {
        return read(database, Map.of());
    }

    /**
     * The same with more columns, which must be there and hold texts.
     *
     * @param required name of a column to the configuration key that names it
     * @throws SchemaException as above, and when one of those columns is missing or holds no text
     */
    public static AvatarSchema read(Database database, Map<String, String> required) {
        return readIfPresent(database, required)
                .orElseThrow(() -> database.read(AvatarsLookup::of).missing());
    }

    /**
     * Tables and views that are called {@code avatars} too but are not the one that is read: in other schemas of the search path or
     * elsewhere, or in other letters. For a warning: one of them may be the one that is meant.
     *
     * @return qualified names, separated by commas; empty when there is none
     */
    public static String others(Database database) {
        return database.read(AvatarsLookup::of).othersInWords();
    }

    /** As {@link #read}, but a database without the table is an answer. */
    static Optional<AvatarSchema> readIfPresent(Database database) {
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

    /** The columns in the order of their names, for people. */
    public SortedSet<String> names() {
        return new TreeSet<>(columns.keySet());
    }

    /** Whether the table has this column and statements may use it. */
    public boolean has(String column) {
        return columns.containsKey(column);
    }

    /** Most characters that fit; empty when unlimited, not a text, or no such column. */
    public OptionalInt length(String column) {
        Column found = columns.get(column);
        return found == null ? OptionalInt.empty() : found.length();
    }

    public boolean isJson(String column) {
        return is(column, Kind.JSON);
    }

    public boolean isEnum(String column) {
        return is(column, Kind.ENUM);
    }

    /** The words of an enum column, in its order; empty for every other column. */
    public List<String> labels(String column) {
        Column found = columns.get(column);
        return found == null ? List.of() : found.labels();
    }

    /** Whether a NULL may be written; false when there is no such column. */
    public boolean isNullable(String column) {
        Column found = columns.get(column);
        return found != null && found.nullable();
    }

    private boolean is(String column, Kind kind) {
        Column found = columns.get(column);
        return found != null && found.kind() == kind;
    }

    /** The word in the letter case of the sample: {@code completed} for {@code training}, {@code COMPLETED} for {@code TRAINING}. */
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
