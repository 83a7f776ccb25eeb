package avatarmonitor.store.clock;

import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** The clock of the database server, which determines ages, windows and grace periods. */
public final class DatabaseTime {
    private DatabaseTime() {}

    static String query(Dialect dialect) {
        return "SELECT " + dialect.now();
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
     * @throws avatarmonitor.store.StoreException when the database failed
     */
    public static Instant now(Database database) {
        return database.read(connection -> now(connection, database.dialect()));
    }
}
