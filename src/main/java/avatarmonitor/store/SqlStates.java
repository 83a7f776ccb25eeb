package avatarmonitor.store;

import java.sql.SQLException;
import java.util.Set;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/** Classification of SQLStates of both databases that concern the server and the connection rather than a statement. */
final class SqlStates {
    /** A read-only server: a standby, or a primary that was made read-only. */
    static final String READ_ONLY = "25006";

    static final String TOO_MANY_CONNECTIONS = "53300";
    static final String CANNOT_CONNECT_NOW = "57P03";

    /** Wrong user or password, and a client that pg_hba.conf rejects. */
    static final String NO_LOGIN = "28";

    static final String NO_SUCH_DATABASE = "3D000";

    /**
     * The server ended the session: idle in a transaction, transaction too long, shut down, crashed, database dropped,
     * session idle.
     */
    private static final Set<String> SESSION_ENDED = Set.of("25P03", "25P04", "57P01", "57P02", "57P04", "57P05");

    /**
     * H2 closed the database for all connections: after a write failure, a broken file or connection, or a shutdown.
     * The next connection opens it again.
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

    /** Returns whether the connection must not be used again. */
    static boolean endsConnection(@Nullable String state) {
        return state != null && (state.startsWith("08") || SESSION_ENDED.contains(state) || endsAllConnections(state));
    }

    /** Returns whether all connections that were opened before this failure must not be used again. */
    static boolean endsAllConnections(@Nullable String state) {
        return state != null && (state.equals(READ_ONLY) || H2_CLOSED.contains(state));
    }

    /**
     * Returns whether H2 could not read or write its file, as on a full disk. Running transactions may keep their
     * locks, and commits may fail forever: the database has to be closed and reopened.
     */
    static boolean isStorageFailure(SQLException failure) {
        @Nullable Throwable cause = failure;
        while (cause != null && !(cause instanceof MVStoreException)) {
            cause = cause.getCause();
        }
        return cause != null && STORAGE.contains(((MVStoreException) cause).getErrorCode());
    }

    /**
     * Returns whether the server answers but refuses further clients: no connection is left, or the login is refused.
     */
    static boolean refusesConnection(@Nullable String state) {
        return state != null && (state.startsWith(NO_LOGIN) || state.equals(TOO_MANY_CONNECTIONS));
    }

    /** Returns whether the database as a whole is unavailable, whatever the statement. */
    static boolean isUnavailable(@Nullable String state) {
        return endsConnection(state)
                || (state != null
                        && (refusesConnection(state)
                                || state.equals(NO_SUCH_DATABASE)
                                || state.equals(CANNOT_CONNECT_NOW)));
    }

    /** Like {@link #isUnavailable(String)}, for the first SQL failure among the causes. */
    static boolean isUnavailable(@Nullable Throwable failure) {
        return StoreException.sqlFailure(failure)
                .filter(sql -> isUnavailable(sql.getSQLState()) || isStorageFailure(sql))
                .isPresent();
    }
}
