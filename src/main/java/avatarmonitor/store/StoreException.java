package avatarmonitor.store;

import java.sql.SQLException;

/** The database failed; the seam's one exception. Classified by SQLState, never by message. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(SQLException cause) {
        super("database error, SQLState " + cause.getSQLState() + ": " + cause.getMessage(), cause);
    }
}
