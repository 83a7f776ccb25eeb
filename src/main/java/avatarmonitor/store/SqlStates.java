package avatarmonitor.store;

import java.sql.SQLException;
import java.util.Set;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/** What SQLStates of both databases say about the server and the connection, rather than about a statement. */
final class SqlStates {
    /** A server that takes no writes: a standby, or one that was made read-only. */
    static final String READ_ONLY = "25006";

    static final String TOO_MANY_CONNECTIONS = "53300";
    static final String CANNOT_CONNECT_NOW = "57P03";

    /** Wrong name or password, and a host or database that the server lets no client into. */
    static final String NO_LOGIN = "28";

    static final String NO_SUCH_DATABASE = "3D000";

    /**
     * The server has ended the session: idle in a transaction, transaction too long, shut down, crashed, database dropped, session idle.
     */
    private static final Set<String> SESSION_ENDED = Set.of("25P03", "25P04", "57P01", "57P02", "57P04", "57P05");

    /**
     * H2 has closed the database for all connections: after a failure to write the file, a broken file or connection, or a shutdown. It opens
     * again with the next connection.
     */
    private static final Set<String> H2_CLOSED = Set.of("90028", "90030", "90031", "90067", "90098", "90121");

    private static final Set<Integer> STORAGE = Set.of(
            DataUtils.ERROR_READING_FAILED,
            DataUtils.ERROR_WRITING_FAILED,
            DataUtils.ERROR_INTERNAL,
            DataUtils.ERROR_CLOSED,
            DataUtils.ERROR_FILE_CORRUPT,
            DataUtils.ERROR_CHUNK_NOT_FOUND,
            DataUtils.ERROR_BLOCK_NOT_FOUND,
            DataUtils.ERROR_TRANSACTION_CORRUPT,
            DataUtils.ERROR_TRANSACTION_ILLEGAL_STATE);

    private SqlStates() {}

    /** Whether the connection must not be used again. */
    static boolean endsConnection(@Nullable String state) {
        return state != null && (state.startsWith("08") || SESSION_ENDED.contains(state) || endsAllConnections(state));
    }

    /** Whether no other connection that was opened before this failure may be used either. */
    static boolean endsAllConnections(@Nullable String state) {
        return state != null && (state.equals(READ_ONLY) || H2_CLOSED.contains(state));
    }

    /**
     * Whether H2 could not write or read its file, as on a full disk. What was going on then may keep its locks, and commits may fail for ever: the
     * database has to be closed and opened again.
     */
    static boolean isStorageFailure(SQLException failure) {
        @Nullable Throwable cause = failure;
        while (cause != null && !(cause instanceof MVStoreException)) {
            cause = cause.getCause();
        }
        return cause != null && STORAGE.contains(((MVStoreException) cause).getErrorCode());
    }

    /** Whether the server answers but lets no other client in: no connection is left, or the login is refused. */
    static boolean refusesConnection(@Nullable String state) {
        return state != null && (state.startsWith(NO_LOGIN) || state.equals(TOO_MANY_CONNECTIONS));
    }

    /** Whether the database as a whole could not be worked with, whatever was asked. */
    static boolean isUnavailable(@Nullable String state) {
        return endsConnection(state)
                || (state != null
                        && (refusesConnection(state)
                                || state.equals(NO_SUCH_DATABASE)
                                || state.equals(CANNOT_CONNECT_NOW)));
    }

    /** As {@link #isUnavailable(String)}, of the first failure of a statement or connection behind this one. */
    static boolean isUnavailable(@Nullable Throwable failure) {
        return StoreException.sqlFailure(failure)
                .filter(sql -> isUnavailable(sql.getSQLState()) || isStorageFailure(sql))
                .isPresent();
    }
}
