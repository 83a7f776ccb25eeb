package avatarmonitor.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** A way to keep triggers of 60 s in PostgreSQL and to fire them, on one database and in one process. Used by one thread. */
interface Contestant {
    /** The settings it runs with, for the report. */
    String settings();

    /** Makes what it needs beside our own tables. */
    void prepare(Connection connection) throws SQLException;

    /**
     * Writes the rows of triggers {@code 1..count} at once, by plain SQL: what its own way of storing them would leave.
     *
     * @param due when the first is due
     * @param spreadMillis the others are due within this time after it; 0 for all at the same time
     */
    void plant(Connection connection, int count, Instant due, long spreadMillis) throws SQLException;

    /** Stores triggers its own way. */
    void store(List<String> names, List<Instant> due) throws Exception;

    /** How many are given to {@link #store} at once. */
    int storedAtOnce();

    /** Begins to fire what is due. */
    void start(Fires fires) throws Exception;

    /** Stops in order; no job runs afterwards. */
    void stop() throws Exception;

    /** Rows of fires that were begun and not ended; 0 after a stop in order. */
    long unfinished(Connection connection) throws SQLException;

    /** The fires that the database knows of; 0 where it does not count them. */
    long counted(Connection connection) throws SQLException;
}
