package avatarmonitor.store;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The database failed; the seam's one exception. Classified by SQLState, never by message. */
public sealed class StoreException extends RuntimeException permits ClockException, SchemaException {
    private static final long serialVersionUID = 1L;

    private final boolean explained;

    public StoreException(SQLException cause) {
        super("database error, SQLState " + cause.getSQLState() + ": " + cause.getMessage(), cause);
        explained = false;
    }

    StoreException(String message) {
        super(message);
        explained = true;
    }

    StoreException(String message, Throwable cause) {
        super(message, cause);
        explained = true;
    }

    /** Whether the message says what is wrong in words of ours; otherwise it is just what the database said. */
    public final boolean explained() {
        return explained;
    }

    /** The SQLState of the failure; empty when no statement failed. */
    public final Optional<String> sqlState() {
        @Nullable Throwable cause = getCause();
        while (cause != null && !(cause instanceof SQLException)) {
            cause = cause.getCause();
        }
        return cause instanceof SQLException failure ? Optional.ofNullable(failure.getSQLState()) : Optional.empty();
    }
}
