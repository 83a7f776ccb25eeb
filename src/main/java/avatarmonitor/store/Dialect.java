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

    /** Folder of the migrations that are written for this database alone. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
