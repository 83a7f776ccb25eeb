package avatarmonitor.store.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** The two supported databases. */
public enum Dialect {
    POSTGRESQL,
    H2;

    /** Returns the database behind a connection, without a round trip. */
    public static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> POSTGRESQL;
            case "H2" -> H2;
            default -> throw new IllegalStateException("no dialect for " + product);
        };
    }

    /**
     * SQL expression for the time of the database at this moment, also after the transaction has waited for a lock; on
     * H2 the time at which the transaction began.
     */
    public String now() {
        return switch (this) {
            case POSTGRESQL -> "clock_timestamp()";
            case H2 -> "current_timestamp";
        };
    }

    /** Placeholder of a JSON value that is bound as text; H2 would store a plain text as one JSON string. */
    public String jsonParameter() {
        return switch (this) {
            case POSTGRESQL -> "?";
            case H2 -> "? FORMAT JSON";
        };
    }

    /**
     * SQL expression for a text with its ASCII letters in upper case and all others unchanged, compared character by
     * character. Independent of collations of columns and database and of the JVM's locale: in Turkish the upper case
     * of {@code i} is not {@code I}.
     */
    public String asciiUpper(String text) {
        return switch (this) {
            case POSTGRESQL -> "upper(CAST(" + text + " AS varchar) COLLATE \"C\")";
            case H2 ->
                "translate(CAST(" + text + " AS varchar), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')";
        };
    }

    /** Like {@link #asciiUpper}, in lower case. */
    public String asciiLower(String text) {
        return switch (this) {
            case POSTGRESQL -> "lower(CAST(" + text + " AS varchar) COLLATE \"C\")";
            case H2 ->
                "translate(CAST(" + text + " AS varchar), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')";
        };
    }

    /**
     * SQL expression for a text of any language in lower case, for searching with {@code LIKE}: ASCII letters always as
     * in English.
     */
    public String lower(String text) {
        return switch (this) {
            // LIKE rejects nondeterministic collations, which a column may have; the database's default is always
            // deterministic.
            case POSTGRESQL -> "lower(" + asciiLower(text) + " COLLATE \"default\")";
            case H2 -> "lower(" + asciiLower(text) + ")";
        };
    }

    /**
     * SQL expression for comparing a text character by character, whatever the collation; ignores trailing blanks of
     * {@code char(n)}.
     */
    public String exact(String text) {
        return switch (this) {
            case POSTGRESQL -> "CAST(" + text + " AS varchar) COLLATE \"C\"";
            case H2 -> "CAST(" + text + " AS varchar)";
        };
    }

    /**
     * SQL expression for the beginning of a text, an enum or JSON. Use it for every column of the application: a row
     * may hold megabytes where a word is expected, and a list of such rows would not fit into memory.
     *
     * @param length maximum of characters
     */
    public static String beginning(String column, int length) {
        return "left(CAST(" + column + " AS varchar), " + length + ")";
    }

    /** Folder of the migrations for this database only. */
    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
