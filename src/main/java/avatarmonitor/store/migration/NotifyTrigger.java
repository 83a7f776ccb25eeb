package avatarmonitor.store.migration;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Trigger on the application's table {@code avatars} that notifies workers of each training that starts. Optional, not
 * installed by default, since the table belongs to the application. It has neither a column list nor a condition, which
 * would keep the application from altering its columns; its function decides. PostgreSQL only.
 */
public final class NotifyTrigger {
    public static final String NAME = "avatar_monitor_notify";

    private static final String RIGHTS_MISSING = "42501";

    private static final String NO_TRIGGER_POSSIBLE = "42809";

    private NotifyTrigger() {}

    public enum State {
        ABSENT,
        INSTALLED,
        /** Exists, but was disabled by hand. */
        DISABLED
    }

    /** Reads the state of the trigger on the table that an unqualified {@code avatars} means. */
    public static State state(Database database) {
        return database.read(NotifyTrigger::state);
    }

    private static State state(Connection connection) throws SQLException {
        String sql = "SELECT tgenabled FROM pg_trigger WHERE tgrelid = to_regclass('avatars') AND tgname = '" + NAME
                + "' AND NOT tgisinternal";
        return Jdbc.<State>first(
                        connection, sql, row -> "D".equals(row.getString(1)) ? State.DISABLED : State.INSTALLED)
                .orElse(State.ABSENT);
    }

    /**
     * Creates and enables the trigger. Waits for the table's lock as described in {@link LockQueue}.
     *
     * @return whether it was absent or disabled before
     * @throws StoreException when a privilege is missing, or the table cannot have such a trigger; the message says
     *     what to do
     */
    public static boolean install(Database database) {
        String sql = state(database) == State.DISABLED
                ? "ALTER TABLE avatars ENABLE TRIGGER " + NAME
                : "CREATE OR REPLACE TRIGGER " + NAME
                        + " AFTER INSERT OR UPDATE ON avatars FOR EACH ROW EXECUTE FUNCTION avatar_monitor_notify_training()";
        return change(database, State.INSTALLED, sql);
    }

    /**
     * Drops the trigger.
     *
     * @return whether it existed
     * @throws StoreException when the user does not own the table; the message says what to do
     */
    public static boolean remove(Database database) {
        return change(database, State.ABSENT, "DROP TRIGGER IF EXISTS " + NAME + " ON avatars");
    }

    private static boolean change(Database database, State wanted, String sql) {
        try {
            return LockQueue.patiently(() -> database.inTransaction(connection -> {
                if (state(connection) == wanted) {
                    return false;
                }
                Jdbc.execute(connection, "SET LOCAL lock_timeout = " + LockQueue.WAIT.toMillis());
                Jdbc.execute(connection, sql);
                return true;
            }));
        } catch (StoreException e) {
            String state = e.sqlState().orElse("");
            String table = AvatarSchema.read(database).table();
            if (state.equals(RIGHTS_MISSING)) {
                throw new StoreException(
                        "this user may not change triggers of " + table + ": let its owner run " + sql, e);
            } else if (state.equals(NO_TRIGGER_POSSIBLE)) {
                throw new StoreException(
                        table
                                + " can have no trigger for rows, such as because it is a view: call avatar_monitor_start or"
                                + " send NOTIFY avatar_training instead",
                        e);
            }
            throw e;
        }
    }

    /** Returns whether the server allows prepared transactions: one that has sent a notification cannot be prepared. */
    public static boolean meetsPreparedTransactions(Database database) {
        String sql = "SELECT current_setting('max_prepared_transactions')::int > 0";
        return database.read(connection -> Jdbc.one(connection, sql, row -> row.getBoolean(1)));
    }
}
