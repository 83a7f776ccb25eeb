package avatarmonitor.store.clock;

import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gate for actions that depend on the current time: firing checks, moving or repairing triggers, ending or deleting
 * what is too old, declaring a peer dead. Closed while the clock of this process is off, see {@link ClockSkewDetector}.
 */
public interface ClockGate {
    /** Returns why the gate is closed; empty while the clock is right. Cheap: does not query the database. */
    Optional<String> trouble();

    default boolean isOpen() {
        return trouble().isEmpty();
    }

    /**
     * Requires an open gate and agreement with the database's clock, within the transaction that acts on the time.
     *
     * @return the database's time
     * @throws avatarmonitor.store.ClockException when the gate is closed or the clocks disagree
     * @throws SQLException when the database failed
     */
    Instant require(Connection connection, Dialect dialect) throws SQLException;

    /** Like {@link #require(Connection, Dialect)}, on a separate connection. */
    default Instant require(Database database) {
        return database.read(connection -> require(connection, database.dialect()));
    }

    /**
     * Reads facts that depend on the database's clock, such as which windows have ended, and requires an open gate
     * afterwards: H2 uses the clock of this machine, which may have jumped since the gate was last checked.
     *
     * @throws avatarmonitor.store.ClockException when the gate is closed or the clocks disagree: the facts may be wrong
     */
    default <T> T read(Database database, Supplier<T> facts) {
        T found = facts.get();
        Instant unused = require(database);
        return found;
    }

    /**
     * Returns the gate of a clock with a skew detector; for any other clock a gate that is always open and accepts
     * every database time.
     */
    static ClockGate of(InstantSource clock) {
        return clock instanceof ClockGate gate ? gate : Unchecked.GATE;
    }

    /** Gate of a clock without a skew detector: of a command, which measures the offset once, and of tests. */
    enum Unchecked implements ClockGate {
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
