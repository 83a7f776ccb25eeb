package avatarmonitor.cli;

import java.util.Locale;

/**
 * A column of a {@link Table}.
 *
 * @param name its name in JSON, in lower case with underscores; people see it in capitals with spaces
 */
record Column(String name, Kind kind) {

    /** What stands in a column, which decides how it is shown. */
    enum Kind {
        /** Cut when the line is too long. */
        TEXT,
        /** Never cut: people copy it into the next command. */
        ID,
        /** Aligned at the right, never cut. */
        NUMBER,
        /** An {@link java.time.Instant}: an age for people, ISO-8601 UTC in JSON. */
        TIME
    }

    static Column text(String name) {
        return new Column(name, Kind.TEXT);
    }

    static Column id(String name) {
        return new Column(name, Kind.ID);
    }

    static Column number(String name) {
        return new Column(name, Kind.NUMBER);
    }

    static Column time(String name) {
        return new Column(name, Kind.TIME);
    }

    String header() {
        return name.toUpperCase(Locale.ROOT).replace('_', ' ');
    }
}
