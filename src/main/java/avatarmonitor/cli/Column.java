package avatarmonitor.cli;

import java.util.Locale;

/**
 * A column of a {@link Table}.
 *
 * @param name its name in JSON, in lower case with underscores
 * @param header what people see
 */
record Column(String name, Kind kind, String header) {

    /** What stands in a column, which decides how it is shown. */
    enum Kind {
        /** Cut when the line is too long. */
        TEXT,
        /** Never cut: people copy it into the next command. */
        ID,
        /** Aligned at the right, never cut. */
        NUMBER,
        /** An {@link java.time.Instant}: an age for people, ISO-8601 UTC in JSON. */
        TIME,
        /** A {@link #TIME} that should be ahead, and is due when it has passed. */
        DUE,
        /** In JSON only: what no line has room for. */
        DETAIL
    }

    static Column text(String name) {
        return new Column(name, Kind.TEXT, header(name));
    }

    static Column id(String name) {
        return new Column(name, Kind.ID, header(name));
    }

    static Column number(String name) {
        return new Column(name, Kind.NUMBER, header(name));
    }

    static Column time(String name) {
        return new Column(name, Kind.TIME, header(name));
    }

    static Column due(String name) {
        return new Column(name, Kind.DUE, header(name));
    }

    static Column detail(String name) {
        return new Column(name, Kind.DETAIL, header(name));
    }

    boolean shown() {
        return kind != Kind.DETAIL;
    }

    /** The same column under a shorter header. */
    Column titled(String shorter) {
        return new Column(name, kind, shorter);
    }

    /** The name in capitals with spaces; that a time is a time is seen by its value. */
    private static String header(String name) {
        return name.replaceFirst("_at$", "").toUpperCase(Locale.ROOT).replace('_', ' ');
    }
}
