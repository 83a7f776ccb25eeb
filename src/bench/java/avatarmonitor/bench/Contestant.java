package avatarmonitor.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * A scheduler that keeps triggers of 60 s in PostgreSQL and fires them, on one database and in one process. Not
 * thread-safe.
 */
interface Contestant {
    /** Settings for the report. */
    String settings();

    /** Creates what it needs in addition to the product's tables. */
    void prepare(Connection connection) throws SQLException;

    /**
     * Inserts the rows of triggers {@code 1..count} at once by plain SQL, as its own code would store them.
     *
     * @param due when the first is due
     * @param spreadMillis the others are due within this time after it; 0 for all at the same time
     */
    void plant(Connection connection, int count, Instant due, long spreadMillis) throws SQLException;

    /** Stores triggers with its own code. */
    void store(List<String> names, List<Instant> due) throws Exception;

    /** Maximum of triggers per call of {@link #store}. */
    int storedAtOnce();

    /** Starts firing. */
    void start(Fires fires) throws Exception;

    /** Stops in order; no job runs afterwards. */
    void stop() throws Exception;

    /** Returns the number of rows of fires that started and did not end; 0 after an orderly stop. */
    long unfinished(Connection connection) throws SQLException;

    /** Returns the number of fires recorded in the database; 0 where they are not counted. */
    long counted(Connection connection) throws SQLException;
}
