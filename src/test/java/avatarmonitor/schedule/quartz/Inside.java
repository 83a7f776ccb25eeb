package avatarmonitor.schedule.quartz;

import avatarmonitor.store.Database;
import java.io.IOException;
import org.quartz.JobPersistenceException;

/** Gives tests of other packages access to internals of a node. */
public final class Inside {
    private Inside() {}

    /** Runs one search for misfired triggers like Quartz's thread. */
    public static void recoverMisfires(QuartzNode node) throws JobPersistenceException {
        ((ClusteredJobStore) node.jobStore()).doRecoverMisfires();
    }

    /**
     * Like {@link #recoverMisfires}; returns the time for which Quartz's scheduler thread is woken, in milliseconds.
     */
    public static long earliestOfMisfires(QuartzNode node, Database database) {
        return database.inTransaction(connection -> {
            try {
                return ((ClusteredJobStore) node.jobStore())
                        .misfires
                        .recover(connection)
                        .earliest();
            } catch (JobPersistenceException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Simulates the end of a database outage of one minute. */
    public static void backFromAnOutage(QuartzNode node) {
        DatabaseOutageDetector reach = ((ClusteredJobStore) node.jobStore()).heartbeat.reach;
        long nanos = System.nanoTime();
        reach.answered(nanos - 60_000_000_000L);
        reach.answered(nanos);
    }

    /**
     * Creates a delegate like the job store's.
     *
     * @param checksToo whether Quartz acquires checks too
     */
    public static IndexedDelegate delegate(boolean checksToo) {
        return new IndexedDelegate(checksToo);
    }

    public static TriggerRows portableRows() {
        return new JdbcTriggerRows(new IndexedDelegate(true));
    }

    /**
     * Creates the PostgreSQL implementation.
     *
     * @param misfiredMax misfired triggers per batch
     */
    public static TriggerRows postgresRows(int misfiredMax) {
        return new PostgresTriggerRows(new JdbcTriggerRows(new IndexedDelegate(true)), misfiredMax);
    }

    /** Reads a calendar from the bytes of its row. */
    public static void readCalendar(byte[] bytes) throws IOException {
        CalendarText.read(bytes);
    }
}
