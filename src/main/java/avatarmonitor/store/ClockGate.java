package avatarmonitor.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Whether this process may act by the time: fire checks, move or repair triggers, end what is too old, delete what is old, declare a
 * peer dead. Closed while its clock is off, see {@link ClockGuard}.
 */
public interface ClockGate {
    /** Why nothing may be done by the time now, in words; empty while the clock is right. Cheap: no database is asked. */
    Optional<String> trouble();

    default boolean isOpen() {
        return trouble().isEmpty();
    }

    /**
     * Requires an open gate and a database whose clock agrees, in the transaction that acts by the time.
     *
     * @return the database's time
     * @throws ClockException when nothing may be done now
     * @throws SQLException when the database failed
     */
    Instant require(Connection connection, Dialect dialect) throws SQLException;

    /** As {@link #require(Connection, Dialect)}, on a connection of its own. */
    default Instant require(Database database) {
        return database.read(connection -> require(connection, database.dialect()));
    }

    /** The gate of a clock: its own when it is guarded; that of any other clock is always open and takes every database's time. */
    static ClockGate of(InstantSource clock) {
        return clock instanceof ClockGate gate ? gate : Unguarded.GATE;
    }

    /** The gate of an unchecked clock: of a command, which measures once, and of tests. */
    enum Unguarded implements ClockGate {
        GATE;

        @Override
        public Optional<String> trouble() {
            return Optional.empty();
        }

        @Override
        public Instant require(Connection connection, Dialect dialect) throws SQLException {
            return DatabaseTime.now(connection, dialect);
        }
    }
}
