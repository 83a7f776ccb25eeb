package avatarmonitor.store;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The database failed; the seam's one exception. Classified by SQLState, never by message. */
public sealed class StoreException extends RuntimeException permits ClockException, SchemaException {
    private static final long serialVersionUID = 1L;

    /**
     * Classes of SQLStates that tell of the database or the way to it: no connection, a replica that takes no writes, a password that is just
     * being changed, a deadlock, want of memory, an operator who stops it, a disk that fails, and whatever H2 says of its file.
     */
    private static final Set<String> TROUBLES = Set.of("08", "25", "28", "3D", "40", "53", "57", "58", "90", "HY");

    static final String LOCK_NOT_AVAILABLE = "55P03";

    /** Also that of a statement that took too long. */
    private static final String CANCELLED = "57014";

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
        return sqlFailure(getCause()).map(SQLException::getSQLState);
    }

    /** The failure of a statement that is behind another one; empty when none is. */
    static Optional<SQLException> sqlFailure(@Nullable Throwable failure) {
        @Nullable Throwable cause = failure;
        while (cause != null && !(cause instanceof SQLException)) {
            cause = cause.getCause();
        }
        return Optional.ofNullable((SQLException) cause);
    }

    /**
     * Whether a row was refused, by the database or by a trigger of the application: to write the same again changes nothing. Everything else
     * may pass.
     */
    public final boolean refused() {
        return sqlState()
                .filter(state -> state.length() == 5)
                .filter(state -> !TROUBLES.contains(state.substring(0, 2)) && !LOCK_NOT_AVAILABLE.equals(state))
                .isPresent();
    }

    /** Whether a statement was ended before it was done: what takes too long for many rows at once may be done for each of them. */
    public final boolean cancelled() {
        return sqlState().filter(CANCELLED::equals).isPresent();
    }
}
