package avatarmonitor.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** The two databases that are supported. */
public enum Dialect {
    POSTGRESQL,
    H2;

    /** The database behind a connection, which knows it without asking the server. */
    public static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> POSTGRESQL;
            case "H2" -> H2;
            default -> throw new IllegalStateException("no dialect for " + product);
        };
    }

    /** The placeholder of a JSON value that is bound as text; H2 would store a plain text as one JSON string. */
    public String jsonParameter() {
        return switch (this) {
            case POSTGRESQL -> "?";
            case H2 -> "? FORMAT JSON";
        };
    }

    /**
     * SQL that gives a text with its ASCII letters in upper case and all others as they are, to be compared character by character: neither
     * depends on the collation of a column, of the database, or on the locale of a JVM. In Turkish the upper case of {@code i} is not
     * {@code I}.
     */
    public String asciiUpper(String text) {
        return switch (this) {
            case POSTGRESQL -> "upper(CAST(" + text + " AS varchar) COLLATE \"C\")";
            case H2 ->
                "translate(CAST(" + text + " AS varchar), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')";
        };
    }

    /** As {@link #asciiUpper}, in lower case. */
    public String asciiLower(String text) {
        return switch (this) {
            case POSTGRESQL -> "lower(CAST(" + text + " AS varchar) COLLATE \"C\")";
            case H2 ->
                "translate(CAST(" + text + " AS varchar), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')";
        };
    }

    /** SQL that gives a text of any language in lower case, to be searched by {@code LIKE}: ASCII letters everywhere as in English. */
    public String lower(String text) {
        return switch (this) {
            // LIKE refuses collations that are not deterministic, which a column may have; the one of the database
            // never is.
            case POSTGRESQL -> "lower(" + asciiLower(text) + " COLLATE \"default\")";
            case H2 -> "lower(" + asciiLower(text) + ")";
        };
    }

    /** SQL that gives a text to be compared character by character, whatever the collation; trailing blanks of {@code char(n)} do not count. */
    public String exact(String text) {
        return switch (this) {
            case POSTGRESQL -> "CAST(" + text + " AS varchar) COLLATE \"C\"";
            case H2 -> "CAST(" + text + " AS varchar)";
        };
    }

    /**
     * SQL that gives the beginning of a text, of an enum or of JSON. For every column of the application: a row may hold megabytes where a word
     * is expected, and a list of such rows would not fit into memory.
     *
     * @param length most characters
     */
    public static String beginning(String column, int length) {
        return "left(CAST(" + column + " AS varchar), " + length + ")";
    }

    /** Folder of the migrations that are written for this database alone. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
