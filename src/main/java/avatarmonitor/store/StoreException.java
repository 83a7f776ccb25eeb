package avatarmonitor.store;

import avatarmonitor.text.UntrustedText;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.h2.jdbc.JdbcException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.slf4j.event.Level;

/** The database failed; the seam's one exception. Classified by SQLState, never by message. */
public sealed class StoreException extends RuntimeException permits ClockException, SchemaException {
    private static final long serialVersionUID = 1L;

    /**
     * Classes of SQLStates that tell of the database or the way to it: no connection, a replica that takes no writes, a password that is just
     * being changed, a deadlock, want of memory, an operator who stops it, a disk that fails, and whatever H2 says of its file.
     */
    private static final Set<String> TROUBLES = Set.of("08", "25", "28", "3D", "40", "53", "57", "58", "90", "HY");

    /** What H2 says of one write: a trigger that failed, a right that is missing. Its other states of class 90 are about its file. */
    private static final Set<String> WRITE_REFUSED_BY_H2 = Set.of("90044", "90096");

    /** No room for this row. Other statements may still find some. */
    private static final String DISK_FULL = "53100";

    /** Deadlocks and serialization failures. */
    private static final String ROLLED_BACK = "40";

    /** No such column or table, or a column of another type: PostgreSQL and H2. */
    private static final Set<String> SCHEMA_CHANGED = Set.of("42703", "42P01", "42804", "42S02", "42S22");

    static final String LOCK_NOT_AVAILABLE = "55P03";

    /** Also that of a statement that took too long. */
    private static final String CANCELLED = "57014";

    private static final int MESSAGE_LENGTH_MAX = 300;

    private final boolean explained;
    private final boolean misconfigured;

    public StoreException(SQLException cause) {
        super("database error, SQLState " + cause.getSQLState() + ": " + cause.getMessage(), cause);
        explained = false;
        misconfigured = false;
    }

    StoreException(String message) {
        this(message, false);
    }

    private StoreException(String message, boolean misconfigured) {
        super(message);
        explained = true;
        this.misconfigured = misconfigured;
    }

    /** Of a configuration or an environment that has to be changed before another try can help. */
    static StoreException misconfigured(String message) {
        return new StoreException(message, true);
    }

    StoreException(String message, Throwable cause) {
        super(message, cause);
        explained = true;
        misconfigured = false;
    }

    /** Whether the message says what is wrong in words of ours; otherwise it is just what the database said. */
    public final boolean explained() {
        return explained;
    }

    /** Whether the configuration, or what it names, has to be changed first: wrong usage rather than a failure. */
    public final boolean misconfigured() {
        return misconfigured;
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
                .filter(state -> WRITE_REFUSED_BY_H2.contains(state)
                        || (!TROUBLES.contains(state.substring(0, 2)) && !LOCK_NOT_AVAILABLE.equals(state)))
                .isPresent();
    }

    /** As {@link #refused}, or there is no room for it on the server's disk: this write fails while others may succeed. */
    public final boolean refusesWrite() {
        return refused() || sqlState().filter(DISK_FULL::equals).isPresent();
    }

    /** Whether others were in the way: a lock, a deadlock, a statement that took too long. The same write may succeed later. */
    public final boolean contended() {
        return cancelled()
                || sqlState()
                        .filter(state -> state.startsWith(ROLLED_BACK) || state.equals(LOCK_NOT_AVAILABLE))
                        .isPresent();
    }

    /**
     * What the database said, in one line of at most {@value #MESSAGE_LENGTH_MAX} characters. Without the row and the statement that some
     * messages go on with: they hold the application's data.
     */
    public final String serverMessage() {
        SQLException failure = sqlFailure(getCause()).orElse(null);
        String said = failure == null
                ? getMessage()
                : failure instanceof PSQLException server && server.getServerErrorMessage() != null
                        ? server.getServerErrorMessage().getMessage()
                        : failure instanceof JdbcException h2
                                ? h2.getOriginalMessage().replaceFirst(" VALUES \\(.*", "")
                                : failure.getMessage();
        return said == null ? "" : UntrustedText.line(said, MESSAGE_LENGTH_MAX);
    }

    /**
     * Whether the database as a whole could not be worked with, whatever was asked: no connection, a server that takes no writes or no more
     * connections, a login that is refused, an embedded database that was closed. {@link DatabaseOutage} tells of it.
     */
    public final boolean unavailable() {
        return unavailable(getCause());
    }

    /** As {@link #unavailable()}, of whatever failure. */
    public static boolean unavailable(@Nullable Throwable failure) {
        return SqlStates.isUnavailable(failure);
    }

    /** The level at which whoever meets a failure logs it: when the whole database is away, {@link DatabaseOutage} says so for all. */
    public static Level logLevel(Throwable failure) {
        return unavailable(failure) ? Level.DEBUG : Level.WARN;
    }

    /** Whether a table is not what the statement was made for: its columns have to be read again. */
    public final boolean schemaChanged() {
        return sqlState().filter(SCHEMA_CHANGED::contains).isPresent();
    }

    /** Whether a statement was ended before it was done: what takes too long for many rows at once may be done for each of them. */
    public final boolean cancelled() {
        return sqlState().filter(CANCELLED::equals).isPresent();
    }
}
