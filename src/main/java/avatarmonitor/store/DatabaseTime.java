package avatarmonitor.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * The clock of the database server, which determines ages, windows and grace periods, and how times are read and
 * written.
 */
public final class DatabaseTime {
    private DatabaseTime() {}

    /** Returns the value of a column of type timestamp with time zone; null when it is null. */
    public static @Nullable Instant read(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** Returns a time as a parameter of a statement. */
    public static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    static String query(Dialect dialect) {
        return switch (dialect) {
            case POSTGRESQL -> "SELECT clock_timestamp()";
            case H2 -> "SELECT current_timestamp";
        };
    }

    /** Current time, also within a long transaction; on H2 the start of the caller's transaction. */
    public static Instant now(Connection connection, Dialect dialect) throws SQLException {
        return Jdbc.one(
                connection,
                query(dialect),
                row -> row.getObject(1, OffsetDateTime.class).toInstant());
    }

    /**
     * Current time.
     *
     * @throws StoreException when the database failed
     */
    public static Instant now(Database database) {
        return database.read(connection -> now(connection, database.dialect()));
    }
}
