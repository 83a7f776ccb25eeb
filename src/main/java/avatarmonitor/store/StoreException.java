package avatarmonitor.store;

import avatarmonitor.text.UntrustedText;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.h2.jdbc.JdbcException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.slf4j.event.Level;

/** The database failed; the only exception of this package's API. Classified by SQLState, never by message. */
public sealed class StoreException extends RuntimeException permits ClockException, SchemaException {
    private static final long serialVersionUID = 1L;

    /**
     * Classes of SQLStates that concern the database or the connection: no connection, a read-only replica, a password
     * that is just being changed, a deadlock, out of memory, operator intervention, a disk failure, and H2's file
     * errors.
     */
    private static final Set<String> TROUBLES = Set.of("08", "25", "28", "3D", "40", "53", "57", "58", "90", "HY");

    /**
     * H2's states about one write: a trigger that failed, a missing privilege. Its other states of class 90 concern its
     * file.
     */
    private static final Set<String> WRITE_REFUSED_BY_H2 = Set.of("90044", "90096");

    /** No disk space for this row. Other statements may still succeed. */
    private static final String DISK_FULL = "53100";

    /** Deadlocks and serialization failures. */
    private static final String ROLLED_BACK = "40";

    /** No such column or table, or a column of another type: PostgreSQL and H2. */
    private static final Set<String> SCHEMA_CHANGED = Set.of("42703", "42P01", "42804", "42S02", "42S22");

    public static final String LOCK_NOT_AVAILABLE = "55P03";

    /** Cancelled, which includes the statement timeout. */
    private static final String CANCELLED = "57014";

    private static final int MESSAGE_LENGTH_MAX = 300;

    private final boolean explained;
    private final boolean misconfigured;

    public StoreException(SQLException cause) {
        super("database error, SQLState " + cause.getSQLState() + ": " + cause.getMessage(), cause);
        explained = false;
        misconfigured = false;
    }

    public StoreException(String message) {
        this(message, false);
    }

    private StoreException(String message, boolean misconfigured) {
        super(message);
        explained = true;
        this.misconfigured = misconfigured;
    }

    /** Creates the error for a configuration or an environment that must be changed before a retry can help. */
    static StoreException misconfigured(String message) {
        return new StoreException(message, true);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
        explained = true;
        misconfigured = false;
    }

    /** Returns whether the message was written by this product; otherwise it is the database's. */
    public final boolean explained() {
        return explained;
    }

    /**
     * Returns whether the configuration, or what it names, must be changed first: a usage error rather than a failure.
     */
    public final boolean misconfigured() {
        return misconfigured;
    }

    /** SQLState of the failure; empty when no statement failed. */
    public final Optional<String> sqlState() {
        return sqlFailure(getCause()).map(SQLException::getSQLState);
    }

    /** Returns the first SQL failure among the causes; empty when there is none. */
    public static Optional<SQLException> sqlFailure(@Nullable Throwable failure) {
        @Nullable Throwable cause = failure;
        while (cause != null && !(cause instanceof SQLException)) {
            cause = cause.getCause();
        }
        return Optional.ofNullable((SQLException) cause);
    }

    /**
     * Returns whether a row was rejected, by the database or by a trigger of the application: writing the same again
     * fails again. All other failures may be temporary.
     */
    public final boolean refused() {
        return sqlState()
                .filter(state -> state.length() == 5)
                .filter(state -> WRITE_REFUSED_BY_H2.contains(state)
                        || (!TROUBLES.contains(state.substring(0, 2)) && !LOCK_NOT_AVAILABLE.equals(state)))
                .isPresent();
    }

    /**
     * Like {@link #refused}, or the server's disk has no space for the row: this write fails while others may succeed.
     */
    public final boolean refusesWrite() {
        return refused() || sqlState().filter(DISK_FULL::equals).isPresent();
    }

    /**
     * Returns whether the cause is contention: a lock, a deadlock, a statement timeout. The same write may succeed
     * later.
     */
    public final boolean contended() {
        return cancelled()
                || sqlState()
                        .filter(state -> state.startsWith(ROLLED_BACK) || state.equals(LOCK_NOT_AVAILABLE))
                        .isPresent();
    }

    /**
     * Returns the database's message as one line of at most {@value #MESSAGE_LENGTH_MAX} characters, without the row
     * and the statement that some messages contain, which hold the application's data.
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
     * Returns whether the database as a whole is unavailable: no connection, a server that accepts no writes or no more
     * connections, a refused login, a closed embedded database. {@link DatabaseOutage} reports it.
     */
    public final boolean unavailable() {
        return unavailable(getCause());
    }

    /** Like {@link #unavailable()}, for any failure. */
    public static boolean unavailable(@Nullable Throwable failure) {
        return SqlStates.isUnavailable(failure);
    }

    /**
     * Level for logging a failure: debug when the whole database is unavailable, which {@link DatabaseOutage} reports
     * once.
     */
    public static Level logLevel(Throwable failure) {
        return unavailable(failure) ? Level.DEBUG : Level.WARN;
    }

    /** Returns whether the table's schema has changed: its columns have to be read again. */
    public final boolean schemaChanged() {
        return sqlState().filter(SCHEMA_CHANGED::contains).isPresent();
    }

    /**
     * Returns whether a statement was cancelled before it was done: work that takes too long for many rows at once may
     * succeed row by row.
     */
    public final boolean cancelled() {
        return sqlState().filter(CANCELLED::equals).isPresent();
    }
}
