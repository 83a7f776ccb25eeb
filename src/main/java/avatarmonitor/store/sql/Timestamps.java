package avatarmonitor.store.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads and writes columns of type timestamp with time zone, independent of the JVM's time zone. */
public final class Timestamps {
    private Timestamps() {}

    /** Returns the value of a column; null when it is null. */
    public static @Nullable Instant read(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** Returns the value of a column that is never null. */
    public static Instant at(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(read(row, column), column);
    }

    /** Returns a time as a parameter of a statement. */
    public static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
