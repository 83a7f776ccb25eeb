package avatarmonitor.cli.console;

import java.util.Locale;

/**
 * A column of a {@link Table}.
 *
 * @param name name in JSON, in lower case with underscores
 * @param header header of the text table
 */
public record Column(String name, Kind kind, String header) {

    /** Kind of values, which determines their format. */
    enum Kind {
        /** Truncated when the line is too long. */
        TEXT,
        /** Never truncated, since it is copied into the next command. */
        ID,
        /** Right-aligned, never truncated. */
        NUMBER,
        /** An {@link java.time.Instant}: relative to now in the text table, ISO-8601 UTC in JSON. */
        TIME,
        /** A {@link #TIME} that is normally in the future, and due when it has passed. */
        DUE
    }

    public static Column text(String name) {
        return new Column(name, Kind.TEXT, header(name));
    }

    public static Column id(String name) {
        return new Column(name, Kind.ID, header(name));
    }

    public static Column number(String name) {
        return new Column(name, Kind.NUMBER, header(name));
    }

    public static Column time(String name) {
        return new Column(name, Kind.TIME, header(name));
    }

    public static Column due(String name) {
        return new Column(name, Kind.DUE, header(name));
    }

    /** Returns the same column with a shorter header. */
    public Column titled(String shorter) {
        return new Column(name, kind, shorter);
    }

    /** Derives the header: the name in capitals with spaces, without the suffix of times. */
    private static String header(String name) {
        return name.replaceFirst("_at$", "").toUpperCase(Locale.ROOT).replace('_', ' ');
    }
}
